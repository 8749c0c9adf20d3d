using System.Net;
using System.Net.Sockets;
using Amazon;
using Amazon.EC2;
using Amazon.EC2.Model;

namespace KeyRotation.Audit;

/// <summary>The Regions of an account.</summary>
/// <param name="Note">How the Regions were determined, if AWS did not list them.</param>
internal sealed record Regions(IReadOnlyList<string> Enabled, IReadOnlyList<(string Name, string Why)> NotEnabled, string? Note)
{
    /// <summary>The Regions that this version of the SDK knows. Some of them are only announced.</summary>
    private static IEnumerable<string> Known(string partition) =>
        RegionEndpoint.EnumerableAllRegions
            .Where(region => region.PartitionName == partition && IsRegion(region.SystemName))
            .Select(region => region.SystemName);

    public static bool IsKnown(string name) =>
        IsRegion(name) && RegionEndpoint.EnumerableAllRegions.Any(region => region.SystemName == name);

    /// <param name="resolves">Whether a host name resolves; null if one endpoint serves all Regions.</param>
    public static async Task<Regions> AllAsync(
        IAmazonEC2 ec2, RegionEndpoint home, Func<string, CancellationToken, Task<bool>>? resolves, CancellationToken stop)
    {
        try
        {
            var regions = (await ec2.DescribeRegionsAsync(new DescribeRegionsRequest { AllRegions = true }, stop)).Regions ?? [];
            var enabled = regions.Where(region => region.OptInStatus != "not-opted-in").Select(region => region.RegionName).ToList();
            if (enabled.Count > 0)
                return new(enabled, [.. regions.Where(region => region.OptInStatus == "not-opted-in").Select(region => (region.RegionName, "The account has not enabled the Region."))], null);
            return await WithoutAwsAsync(home, "AWS returned no enabled Region", resolves, stop);
        }
        catch (ProblemException)
        {
            // A role that cannot be assumed is one problem: the audit of this one Region reports it.
            return new([home.SystemName], [], null);
        }
        catch (Exception e) when (AwsFailure.IsFailedCall(e) && !stop.IsCancellationRequested)
        {
            return await WithoutAwsAsync(home, AwsFailure.MessageOf(e).TrimEnd('.'), resolves, stop);
        }
    }

    public static async Task<bool> ResolvesAsync(string host, CancellationToken stop)
    {
        try
        {
            await Dns.GetHostAddressesAsync(host, stop);
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.HostNotFound or SocketError.NoData);
        }
    }

    private static async Task<Regions> WithoutAwsAsync(
        RegionEndpoint home, string why, Func<string, CancellationToken, Task<bool>>? resolves, CancellationToken stop)
    {
        var known = Known(home.PartitionName).ToList();
        var note = $"Which Regions are enabled is not known, because ec2:DescribeRegions failed ({why}). These are the {known.Count} that this version of the audit knows; "
            + "one whose name does not resolve, or that refuses the credentials, counts as not enabled.";

        // Behind a proxy, names may not resolve. Then every known Region is tried.
        if (resolves is null || !await IsOpenAsync(home.SystemName)) return new(known, [], note);
        var answers = await Task.WhenAll(known.Select(async region => (Name: region, IsOpen: await IsOpenAsync(region))));
        return new(
            [.. answers.Where(region => region.IsOpen).Select(region => region.Name)],
            [.. answers.Where(region => !region.IsOpen).Select(region => (region.Name, "KMS has no address there: the Region is not open."))],
            note);

        Task<bool> IsOpenAsync(string region) => resolves($"kms.{region}.{home.PartitionDnsSuffix}", stop);
    }

    /// <summary>The SDK also lists names such as aws-global and us-east-1-regional.</summary>
    private static bool IsRegion(string name) => name.Length > 0 && char.IsAsciiDigit(name[^1]);
}
