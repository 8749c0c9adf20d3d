using System.Threading.Channels;
using KeyRotation.Tests.Aws;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KeyScanTests : IDisposable
{
    private readonly ScriptedAws aws = new ScriptedAws().Refuse("DescribeKey", "NotFoundException");

    public void Dispose() => aws.Dispose();

    /// <summary>The missing client simulates a bug. The key gets no verdict, and the scan reports the exception.</summary>
    [Test]
    public async Task Bug_makes_a_key_unreadable_unless_time_ran_out()
    {
        var scan = new KeyScan(null!, null!, Events.Place, RuleParameters.Default, 1, TimeProvider.System);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (await JudgedAsync(CancellationToken.None)).Single().Verdict,
                Is.TypeOf<Verdict.Unreadable>().With.Property("Finding").StartsWith("NullReferenceException: "));
            Assert.That(await JudgedAsync(new CancellationToken(canceled: true)), Is.Empty);
        }

        async Task<List<JudgedKey>> JudgedAsync(CancellationToken stop)
        {
            var judged = Channel.CreateUnbounded<JudgedKey>();
            await scan.JudgeAsync([Events.KeyId], judged.Writer, stop);
            return await judged.Reader.ReadAllAsync(CancellationToken.None).ToListAsync(CancellationToken.None);
        }
    }

    /// <summary>Markers that repeat, such as A, B, A, and new markers with keys that repeat.</summary>
    [TestCase("1A 2B 3A 4B 5A", 3)]
    [TestCase("1A 2B 1C 2D 1E", 3)]
    [TestCase("A A", 2)]
    [TestCase("1A A", 2)]
    [TestCase("1A 1A", 2)]
    [TestCase("1A B B", 3)]
    public async Task Listing_ends_when_pages_repeat(string pages, int calls)
    {
        foreach (var page in pages.Split(' '))
            aws.Answer("ListKeys", $$"""{"Keys":[{{Keys(page[..^1])}}],"Truncated":true,"NextMarker":"{{page[^1]}}"}""");
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""");

        var report = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.ListingFailure?.Cause, Is.EqualTo("KMS returned Truncated without a new NextMarker or key"));
            Assert.That(aws.Requests.Count(request => request.Operation == "ListKeys"), Is.EqualTo(calls));
        }

        static string Keys(string id) => id.Length == 0 ? "" : $$"""{"KeyId":"{{id}}"}""";
    }

    [Test]
    public async Task Empty_page_is_not_the_last_page()
    {
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":true,"NextMarker":"A"}""")
            .Answer("ListKeys", """{"Keys":[],"Truncated":true,"NextMarker":"B"}""")
            .Answer("ListKeys", """{"Keys":[{"KeyId":"1"}],"Truncated":false}""");

        var report = await RunAsync();

        Assert.That((report.ListingFailure, report.Listed), Is.EqualTo(((ReadFailure?)null, 1)));
    }

    /// <summary>Credentials can expire between two pages. If they cannot be renewed, that is a numbered problem.</summary>
    [Test]
    public async Task Expired_role_leaves_the_list_incomplete()
    {
        using var ending = new ScriptedAws(new EndingCredentials(2))
            .Answer("ListKeys", """{"Keys":[{"KeyId":"1"}],"Truncated":true,"NextMarker":"2"}""");

        var report = await RunAsync(listing: ending);

        Assert.That((report.ListingFailure, report.Listed), Is.EqualTo((new ReadFailure("KR09: The role ended."), 1)));
    }

    [Test]
    public async Task Multi_Region_keys_are_ordered_by_their_digits()
    {
        // In this minute the offset is zero, so the digits alone determine the order.
        string[] ids = ["00000000-a", "mrk-40000000", "80000000-c", "mrk-c0000000"];
        var keys = string.Join(',', ids.Reverse().Select(id => $$"""{"KeyId":"{{id}}"}"""));
        aws.Answer("ListKeys", $$"""{"Keys":[{{keys}}],"Truncated":false}""");

        var report = await RunAsync(clock: new FakeTimeProvider(DateTimeOffset.UnixEpoch));

        Assert.That(report.ListingFailure, Is.Null);
        Assert.That(aws.Requests.Skip(1).Select(request => request.Body.Split("key/")[1].Split('"')[0]), Is.EqualTo(ids));
    }

    /// <param name="listing">Lists the keys; null for the same stand-in that describes them.</param>
    private async Task<KeyScanReport> RunAsync(ScriptedAws? listing = null, TimeProvider? clock = null)
    {
        using var described = aws.Clients.Kms();
        using var listed = (listing ?? aws).Clients.Kms();
        var scan = new KeyScan(listed, described, Events.Place, RuleParameters.Default, 1, clock ?? TimeProvider.System);
        return await scan.RunAsync(Channel.CreateUnbounded<JudgedKey>().Writer, CancellationToken.None);
    }
}
