using System.Reflection;

namespace KeyRotation.Runtime;

/// <summary>The version of this build, from Directory.Build.props.</summary>
internal static class ProductVersion
{
    /// <summary>
    /// Major, minor and patch. A build outside the Makefile appends the commit after a plus sign, which is left out here.
    /// </summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
