using KeyRotation.Core;
using KeyRotation.Tests.Aws;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

internal sealed class SurveyTests
{
    /// <summary>No client at all is a bug; a key that runs into one is named, and the others are judged.</summary>
    [Test]
    public async Task A_bug_is_a_key_that_is_not_judged_unless_time_ran_out()
    {
        var survey = new Survey(null!, Events.Scope, RuleParameters.Default, 1, TimeProvider.System);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await survey.JudgeAsync(Events.KeyId, CancellationToken.None))?.Verdict, Is.TypeOf<Verdict.Unreadable>().With.Property("Cause").StartsWith("NullReferenceException: "));
            Assert.That(await survey.JudgeAsync(Events.KeyId, new CancellationToken(canceled: true)), Is.Null);
        }
    }

    [Test]
    public async Task A_multi_Region_key_takes_its_turn_by_its_digits_as_any_other()
    {
        // At this minute turns are the digits themselves.
        string[] ids = ["00000000-a", "mrk-40000000", "80000000-c", "mrk-c0000000"];
        using var aws = new ScriptedAws()
            .Answer("ListKeys", $$"""{"Keys":[{{string.Join(',', ids.Reverse().Select(id => $$"""{"KeyId":"{{id}}"}"""))}}],"Truncated":false}""")
            .Refuse("DescribeKey", "NotFoundException");
        using var kms = aws.Clients.Kms();
        var survey = new Survey(kms, Events.Scope, RuleParameters.Default, 1, new FakeTimeProvider(DateTimeOffset.UnixEpoch));

        Assert.That(survey.ListingFailure, Is.EqualTo(new ReadFailure("not finished")), "until it is, a list that is short may not be the whole of it");
        await survey.RunAsync(CancellationToken.None);

        Assert.That(survey.ListingFailure, Is.Null);
        Assert.That(aws.Requests.Skip(1).Select(request => request.Body.Split("key/")[1].Split('"')[0]), Is.EqualTo(ids));
    }
}
