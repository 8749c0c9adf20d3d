namespace KeyRotation.Local;

/// <summary>Amazon EC2: the Regions of an account.</summary>
/// <remarks>Source: Amazon EC2 API Reference, DescribeRegions.</remarks>
internal static class RegionApi
{
    public static string Answer(IEnumerable<string> enabled, IEnumerable<string> disabled, IReadOnlyDictionary<string, string> form)
    {
        var regions = enabled.Select(name => (Name: name, OptInStatus: "opt-in-not-required"));
        if (form.GetValueOrDefault("AllRegions") == "true") regions = regions.Concat(disabled.Select(name => (Name: name, OptInStatus: "not-opted-in")));
        var items = regions.Select(region =>
            $"<item><regionName>{region.Name}</regionName><regionEndpoint>ec2.{region.Name}.amazonaws.com</regionEndpoint>"
            + $"<optInStatus>{region.OptInStatus}</optInStatus></item>");
        return "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
            + $"<requestId>{Reply.NewRequestId()}</requestId><regionInfo>{string.Concat(items)}</regionInfo></DescribeRegionsResponse>";
    }
}
