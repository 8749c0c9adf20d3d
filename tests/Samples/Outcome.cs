using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace KeyRotation.Tests.Samples;

/// <summary>What the rule says of a sample: the folder it belongs into, and the scenario's letter or the problem's number.</summary>
/// <param name="Questions">What had to be asked of KMS.</param>
internal sealed record Outcome(string Folder, string Code, params IReadOnlyList<Question> Questions)
{
    public static Outcome Of(Sample sample, SampleAccount account, DateTimeOffset now)
    {
        try
        {
            var invocation = Invocation.Of(sample.Event, account.Region);
            if (invocation.Parameters.ExecutionRoleName is { } roleName) CheckRole(invocation.Place, roleName, account);
            return Of(Recorded(invocation, account).Key, invocation.Parameters, account, now);
        }
        catch (ProblemException e)
        {
            return Of(e.Problems.Single().Number);
        }
    }

    private static RecordedKey Recorded(Invocation invocation, SampleAccount account) => invocation.Notification switch
    {
        Notification.Change(var key) => key,
        Notification.OversizedChange(var key) => account.Newest(key),
        var other => throw new AssertionException($"{other} is of no single key."),
    };

    private static Outcome Of(KeyFacts key, RuleParameters parameters, SampleAccount account, DateTimeOffset now)
    {
        var questions = new List<Question>();
        while (true)
        {
            switch (KeyRule.Judge(key, parameters, now))
            {
                case Judgment.Pending(var question):
                    questions.Add(question);
                    key = account.Answer(question, key);
                    break;
                case Verdict.Unreadable:
                    return Of(ProblemNumber.KeysNotJudged);
                case Verdict verdict:
                    return new(FolderOf(verdict), $"{verdict.Scenario}", questions);
            }
        }
    }

    private static string FolderOf(Verdict verdict) => verdict switch
    {
        Verdict.Compliant => "compliant",
        Verdict.NonCompliant => "non-compliant",
        _ => "not-applicable",
    };

    private static Outcome Of(ProblemNumber number) => new(Sample.Rejected, $"KR{(int)number:00}");

    /// <summary>A service-linked role is told by its name; that the other one can be assumed, the account says.</summary>
    private static void CheckRole(AccountRegion place, string roleName, SampleAccount account)
    {
        using var sts = new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), RegionEndpoint.GetBySystemName(place.Region));
        _ = new AssumedRole(sts, place.RoleArn(roleName), TimeProvider.System);
        Assert.That(account.RoleNames, Does.Contain(roleName));
    }
}
