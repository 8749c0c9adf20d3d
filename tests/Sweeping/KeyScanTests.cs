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

    /// <summary>No client at all is a bug; a key that runs into one is named, and the others are judged.</summary>
    [Test]
    public async Task A_bug_is_a_key_that_is_not_judged_unless_time_ran_out()
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

    /// <summary>Markers A, B, A, B; and markers that are always new, of a list that is not.</summary>
    [TestCase("1A 2B 3A 4B 5A", 3)]
    [TestCase("1A 2B 1C 2D 1E", 3)]
    [TestCase("A A", 2)]
    [TestCase("1A A", 2)]
    [TestCase("1A 1A", 2)]
    [TestCase("1A B B", 3)]
    public async Task A_list_of_keys_that_goes_in_circles_ends_at_once(string pages, int calls)
    {
        foreach (var page in pages.Split(' '))
            aws.Answer("ListKeys", $$"""{"Keys":[{{Keys(page[..^1])}}],"Truncated":true,"NextMarker":"{{page[^1]}}"}""");
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""");

        var report = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.ListingFailure?.Cause, Is.EqualTo("KMS answered Truncated without a new NextMarker or key"));
            Assert.That(aws.Requests.Count(request => request.Operation == "ListKeys"), Is.EqualTo(calls));
        }

        static string Keys(string id) => id.Length == 0 ? "" : $$"""{"KeyId":"{{id}}"}""";
    }

    [Test]
    public async Task A_page_without_keys_is_no_end_of_a_list_that_goes_on()
    {
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":true,"NextMarker":"A"}""")
            .Answer("ListKeys", """{"Keys":[],"Truncated":true,"NextMarker":"B"}""")
            .Answer("ListKeys", """{"Keys":[{"KeyId":"1"}],"Truncated":false}""");

        var report = await RunAsync();

        Assert.That((report.ListingFailure, report.Listed), Is.EqualTo(((ReadFailure?)null, 1)));
    }

    /// <summary>Credentials are renewed between two pages; what cannot be renewed is a problem with a number of its own.</summary>
    [Test]
    public async Task A_role_that_ends_in_mid_list_is_why_the_list_is_not_whole()
    {
        using var ending = new ScriptedAws(new EndingCredentials(2))
            .Answer("ListKeys", """{"Keys":[{"KeyId":"1"}],"Truncated":true,"NextMarker":"2"}""");

        var report = await RunAsync(listing: ending);

        Assert.That((report.ListingFailure, report.Listed), Is.EqualTo((new ReadFailure("KR09: The role ended."), 1)));
    }

    [Test]
    public async Task A_multi_Region_key_takes_its_turn_by_its_digits_as_any_other()
    {
        // At this minute turns are the digits themselves.
        string[] ids = ["00000000-a", "mrk-40000000", "80000000-c", "mrk-c0000000"];
        var keys = string.Join(',', ids.Reverse().Select(id => $$"""{"KeyId":"{{id}}"}"""));
        aws.Answer("ListKeys", $$"""{"Keys":[{{keys}}],"Truncated":false}""");

        var report = await RunAsync(clock: new FakeTimeProvider(DateTimeOffset.UnixEpoch));

        Assert.That(report.ListingFailure, Is.Null);
        Assert.That(aws.Requests.Skip(1).Select(request => request.Body.Split("key/")[1].Split('"')[0]), Is.EqualTo(ids));
    }

    /// <param name="listing">Where keys are listed, if not where they are described.</param>
    private async Task<KeyScanReport> RunAsync(ScriptedAws? listing = null, TimeProvider? clock = null)
    {
        using var described = aws.Clients.Kms();
        using var listed = (listing ?? aws).Clients.Kms();
        var scan = new KeyScan(listed, described, Events.Place, RuleParameters.Default, 1, clock ?? TimeProvider.System);
        return await scan.RunAsync(Channel.CreateUnbounded<JudgedKey>().Writer, CancellationToken.None);
    }
}
