using System.Runtime.CompilerServices;

namespace KeyRotation.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetDirectoryName(Path.GetDirectoryName(ThisFile()))!;

    public static string Text(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
