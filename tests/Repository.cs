using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace KeyRotation.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetDirectoryName(Path.GetDirectoryName(ThisFile()))!;

    /// <summary>The version in Directory.Build.props.</summary>
    public static string Version { get; } = XDocument.Load(PathOf("Directory.Build.props")).Descendants(nameof(Version)).Single().Value;

    public static string PathOf(params string[] path) => Path.Combine([Root, .. path]);

    public static string Read(params string[] path) => File.ReadAllText(PathOf(path));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
