#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property GenerateDocumentationFile=false

// Usage: dotnet run build/Zip.cs -- FOLDER ZIP-WITHOUT-EXTENSION
// Zips the files of a folder to ZIP-HASH.zip, removes older ones, and prints its path. The same files give the same bytes on any day, in
// any folder, by any user: names in order, one time, one mode. The hash in the name gives each version an address of its own in S3, without
// which CloudFormation sees no change.
using System.IO.Compression;
using System.Security.Cryptography;

const int ExternalAttributesShift = 16;
const int RegularFile = 0x8000;
const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
var epoch = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

var (folder, name) = (args[0], args[1]);
using var bytes = new MemoryStream();
using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
{
    var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));
    foreach (var file in files.Order(StringComparer.Ordinal))
    {
        var entry = archive.CreateEntry(file, CompressionLevel.SmallestSize);
        entry.LastWriteTime = epoch;
        entry.ExternalAttributes = (RegularFile | (int)(file == "bootstrap" ? Executable : Readable)) << ExternalAttributesShift;
        using var content = entry.Open();
        using var source = File.OpenRead(Path.Combine(folder, file));
        source.CopyTo(content);
    }
}

foreach (var old in Directory.GetFiles(Path.GetDirectoryName(name)!, $"{Path.GetFileName(name)}-*.zip")) File.Delete(old);
var zip = $"{name}-{Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..12]}.zip";
File.WriteAllBytes(zip, bytes.ToArray());
Console.WriteLine(zip);
