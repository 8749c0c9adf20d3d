using System.Text;
using KeyRotation.Audit;

namespace KeyRotation.Tests.Audit;

/// <summary>Made-up audits for the tests of changes, reports and views.</summary>
internal static class Reports
{
    public const string Account = "111122223333";
    public const string Region = "eu-central-1";

    /// <summary>
    /// Texts that run as a script, break the layout or become a formula if a page, table or terminal shows them unescaped.
    /// </summary>
    public static readonly string[] Hostile =
    [
        "<script>window.pwned = true</script>",
        "</script><script>window.pwned = true</script>",
        "<img src=x onerror='window.pwned = true'>",
        "\"><svg onload=window.pwned=true>",
        "{{data}}",
        "=HYPERLINK(\"http://attacker.example\",\"open\")",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "comma, \"quote\"\r\nnew line",
        "\u001b[31mred\u001b[0m",
        "right \u202eto left",
    ];

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static KeyRow Row(int number, KeyVerdict verdict = KeyVerdict.Compliant, int? period = 365, string region = Region) => new()
    {
        AccountId = Account,
        Region = region,
        KeyId = $"{number:x8}-0000-4000-8000-000000000000",
        Arn = $"arn:aws:kms:{region}:{Account}:key/{number:x8}-0000-4000-8000-000000000000",
        Verdict = verdict,
        Scenario = verdict switch
        {
            KeyVerdict.NonCompliant => period is null ? 'k' : 'l',
            KeyVerdict.NotJudged => 'i',
            KeyVerdict.Compliant => 'm',
            _ => 'c',
        },
        Finding = verdict switch
        {
            KeyVerdict.NonCompliant => period is null ? "Rotation is off." : $"Rotation period is {period} days.",
            KeyVerdict.NotJudged => "The rotation status could not be read: AccessDeniedException.",
            KeyVerdict.Compliant => $"Rotation is on, every {period} days.",
            _ => "Key spec RSA_2048.",
        },
        NextStep = verdict == KeyVerdict.NonCompliant ? "aws kms enable-key-rotation" : null,
        Aliases = number % 3 == 0 ? [] : [$"alias/key-{number}"],
        KeyManager = "CUSTOMER",
        KeyState = "Enabled",
        KeySpec = verdict == KeyVerdict.NotApplicable ? "RSA_2048" : "SYMMETRIC_DEFAULT",
        Origin = "AWS_KMS",
        CreationDate = Now.AddDays(-number % 2000),
        RotationEnabled = verdict == KeyVerdict.NotApplicable ? null : period is not null,
        RotationPeriodInDays = verdict is KeyVerdict.NotApplicable or KeyVerdict.NotJudged ? null : period,
        NextRotationDate = verdict == KeyVerdict.Compliant ? Now.AddDays(number % 365) : null,
    };

    public static AuditReport Of(params IReadOnlyList<KeyRow> keys) => new()
    {
        StartedAt = Now,
        FinishedAt = Now.AddSeconds(40),
        Demonstration = false,
        Parameters = new Dictionary<string, string>(),
        MaxRotationPeriodInDays = 365,
        Totals = Totals.Of(keys),
        Places =
        [
            .. keys.Select(key => key.Region).Append(Region).Distinct().Select(region =>
                new Place(Account, region, PlaceStatus.Complete, keys.Count(key => key.Region == region), 0, null)),
        ],
        Keys = keys,
    };

    /// <summary>A report whose only place was not completely listed and judged.</summary>
    public static AuditReport BrokenOff(AuditReport report, int listed = 0, int left = 0) =>
        report with { Places = [new(Account, Region, PlaceStatus.Incomplete, listed, left, "ListKeys stopped.")] };

    public static AuditReport WithEvidence(AuditReport? report = null) => (report ?? Mixed()) with
    {
        Evidence = new()
        {
            CallerArn = $"arn:aws:sts::{Account}:assumed-role/Audit/me",
            RolesAssumed = [$"arn:aws:iam::{Account}:role/audit"],
            EffectiveParameters = new Dictionary<string, string> { ["maxRotationPeriodInDays"] = "365" },
            Calls = new Dictionary<string, long> { ["kms:DescribeKey"] = 6 },
            Notes = ["A note."],
        },
    };

    public static AuditReport WithRotations() => Of(
        Row(1) with
        {
            Rotations = 3,
            LastRotationDate = Now.AddDays(-40),
            LastRotationType = "AUTOMATIC",
            CurrentKeyMaterialId = "a1",
            RotatedSinceBaseline = true,
        },
        Row(2, KeyVerdict.NonCompliant, null) with { Rotations = 0, LastUse = new(Now.AddDays(-2), "Decrypt", Now.AddDays(-300)) },
        Row(3, KeyVerdict.NonCompliant, null) with { LastUse = new(null, null, Now.AddDays(-300)) });

    /// <summary>At least one key for each verdict.</summary>
    public static AuditReport Mixed() => Of(
        Row(1, KeyVerdict.NonCompliant, null),
        Row(2, KeyVerdict.NonCompliant, 730),
        Row(3, KeyVerdict.NotJudged),
        Row(4),
        Row(5, period: 90, region: "us-east-1"),
        Row(6, KeyVerdict.NotApplicable));

    /// <summary>Keys whose texts are all hostile.</summary>
    public static AuditReport OfHostileKeys() => Of(
    [
        .. Hostile.Select((text, number) => Row(number, KeyVerdict.NonCompliant, null) with
        {
            Aliases = [text, text],
            Description = text,
            Finding = text,
            NextStep = text,
            Tags = new Dictionary<string, string> { [text] = text },
        }),
    ]);

    public static async Task<string> TextAsync(AuditReport report, Func<AuditReport, Stream, Task> writeAsync)
    {
        using var output = new MemoryStream();
        await writeAsync(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
