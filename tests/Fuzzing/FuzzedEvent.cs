using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Fuzzing;

/// <summary>The expected outcome of an input.</summary>
internal enum Expectation
{
    /// <summary>The verdict of the naive rule.</summary>
    Verdict,

    /// <summary>A numbered problem.</summary>
    Problem,

    /// <summary>
    /// Either of them, because a random change can give the text any meaning. But COMPLIANT requires that KMS rotates the key, unless the
    /// parameters may accept something else.
    /// </summary>
    Either,
}

/// <summary>One valid, nearly valid or invalid event, and the key that it is about.</summary>
internal sealed class FuzzedEvent
{
    public const string Region = "eu-central-1";
    public const string AccountId = "111122223333";

    private static readonly string[] Hostile =
        ["", " ", "\u202e\u2066", "🔑🔑🔑🔑", "<script>alert(1)</script>", "=1+1", "null", "true", "0", "a\r\nb\u2028c\0d", new('x', 300), "\ud83d", "arn:aws:kms:::key/x", "../..", "%n%s"];

    private readonly Random random;

    /// <param name="now">The time of the evaluation; null means a random time.</param>
    public FuzzedEvent(Random random, DateTimeOffset? now = null)
    {
        this.random = random;
        var some = new DateTimeOffset(2026, 6, 15, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(100_000_000));
        Now = now is { } given ? DateTimeOffset.FromUnixTimeSeconds(given.ToUnixTimeSeconds()) : some;
        CaptureTime = Now.AddSeconds(-random.Next(4000));
        Key = NewKey();
        Parameters = NewParameters();
        IsOversized = Chance(10);
        HasHistory = Chance(70);
        var json = Event();
        Text = Chance(55) ? json.ToJsonString() : Chance(65) ? Broken(json) : Blind(json.ToJsonString());
    }

    public DateTimeOffset Now { get; }

    public DateTimeOffset CaptureTime { get; }

    public PlainKey Key { get; }

    public PlainParameters Parameters { get; }

    public bool IsOversized { get; }

    /// <summary>The history in AWS Config has the item of an oversized notification.</summary>
    public bool HasHistory { get; }

    /// <summary>AWS Config records daily.</summary>
    public bool IsDaily { get; private set; }

    public string Text { get; }

    public Expectation Expectation { get; private set; }

    /// <summary>The change that was made to a valid event.</summary>
    public string Change { get; private set; } = "";

    public JsonObject Configuration { get; private set; } = [];

    public JsonObject Supplementary { get; private set; } = [];

    /// <summary>A key that KMS does not rotate automatically can be COMPLIANT.</summary>
    public bool MayCountRotations => Parameters.CountsOnDemand || Parameters.EvaluatesImported;

    /// <summary>The right verdict. Only the ID of the key is known from an oversized notification without a history.</summary>
    public string Truth => NaiveRule.Judge(Key, Parameters, Now);

    /// <summary>The response of GetResourceConfigHistory for the key.</summary>
    public JsonObject History => new()
    {
        ["configurationItems"] = !HasHistory ? [] : new JsonArray(new JsonObject
        {
            ["configurationItemStatus"] = "OK",
            ["configurationItemCaptureTime"] = CaptureTime.ToUnixTimeMilliseconds() / 1000m,
            ["configurationItemDeliveryTime"] = IsDaily ? CaptureTime.ToUnixTimeMilliseconds() / 1000m : null,
            ["configuration"] = Configuration.ToJsonString(),
            ["supplementaryConfiguration"] = new JsonObject(
                Supplementary.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value?.ToJsonString()))),
        }),
    };

    /// <summary>The input, for the message of a failed test.</summary>
    public override string ToString() =>
        $"{(Text.Length > 4000 ? Text[..4000] : Text)}\n{JsonSerializer.Serialize(Key)}\n{JsonSerializer.Serialize(Parameters)}\n{Now:O}";

    private bool Chance(int percent) => random.Next(100) < percent;

    private T One<T>(params T[] values) => values[random.Next(values.Length)];

    private string? Said(string usual, params string[] others) => random.Next(10) switch
    {
        < 7 => usual,
        7 => null,
        8 => One(others),
        _ => Chance(80) ? One(others) : One("", " ", "null", "Sÿmmetric", new string('z', 500)),
    };

    private PlainFacts NewFacts(bool whole) => new()
    {
        Manager = NotEmpty(whole ? "CUSTOMER" : Said("CUSTOMER", "AWS", "aws", "NOBODY")),
        Spec = NotEmpty(whole ? "SYMMETRIC_DEFAULT" : Said("SYMMETRIC_DEFAULT", "RSA_2048", "HMAC_256", "ML_KEM_512", "symmetric_default", "FUTURE_1")),
        Origin = NotEmpty(whole ? "AWS_KMS" : Said("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE")),
        State = NotEmpty(whole ? "Enabled" : Said("Enabled", "Disabled", "PendingDeletion", "PendingReplicaDeletion", "Creating", "Updating", "Unavailable", "PendingImport")),
        MultiRegionType = NotEmpty(whole ? One(null, "PRIMARY", "REPLICA") : One(null, null, "PRIMARY", "REPLICA", "replica")),
        Created = Chance(15) ? null : Now.AddMinutes(-random.Next(Chance(50) ? 12_000 : 3_000_000)),
    };

    /// <summary>The SDK accepts enumeration values in any letter case, and returns them in the letter case of AWS.</summary>
    private static PlainFacts Canonical(PlainFacts facts)
    {
        if (facts.Manager == "aws") facts.Manager = "AWS";
        if (facts.Spec == "symmetric_default") facts.Spec = "SYMMETRIC_DEFAULT";
        if (facts.MultiRegionType == "replica") facts.MultiRegionType = "REPLICA";
        return facts;
    }

    private static string? NotEmpty(string? text) => text is "" ? null : text;

    private PlainKey NewKey()
    {
        var id = Chance(70) ? NewGuid().ToString() : $"mrk-{NewGuid():N}";
        var whole = Chance(50);
        return new()
        {
            Id = id,
            Arn = $"arn:aws:kms:{Region}:{AccountId}:key/{id}",
            Gone = Chance(6),
            Recorded = NewFacts(whole),
            RecordedRotation = One<bool?>(null, true, false),
            RecordedTags = Chance(40) ? null : NewTags(),
            DescribeError = NewError(),
            Described = Canonical(NewFacts(whole)),
            StatusError = Chance(5) ? "UnsupportedOperationException" : NewError(),
            Enabled = One<bool?>(true, true, true, false, false, null),
            Period = Chance(30) ? null
                : Chance(70) ? One(90, 365, 364, 366, 730, 2560)
                : One(-1, 0, 1, int.MaxValue, int.MinValue, random.Next(3000)),
            RotatingSince = Chance(80) ? null : Now.AddMinutes(-random.Next(-300, 3_000)),
            HistoryError = Chance(3) ? "UnsupportedOperationException" : NewError(),
            Rotated = Chance(40) ? null : Now.AddMinutes(-random.Next(-300, Chance(50) ? 600_000 : 4_000_000)),
            TagsError = NewError(),
            Tags = NewTags(),
        };
    }

    private string? NewError() => Chance(75) ? null : One("AccessDeniedException", "AccessDeniedException", "KMSInvalidStateException", "NotFoundException", "KMSInternalException", "DependencyTimeoutException");

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }

    private Dictionary<string, string> NewTags()
    {
        var tags = new Dictionary<string, string>();
        if (Chance(30)) tags["team"] = "payments";
        if (Chance(40)) tags["keep"] = NewExemption();
        return tags;
    }

    private string NewExemption()
    {
        var day = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(random.Next(-2, 3)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return One(day, day, day + " CHG-17", " " + day + ": why\u2028not", day + "T00:00:00+14:00", day + "1", "31.12.2030", "2030-02-30", "0000-01-01", "9999-12-31", "２０３０-12-31", Wild());
    }

    private string Wild() => One("", "x", "🔑", "\u202e", "=1+1");

    private PlainParameters NewParameters() => new()
    {
        Max = Chance(50) ? 365 : One(90, 91, 364, 366, 730, 2560),
        EvaluatesDisabled = Chance(30),
        SkipsReplicas = Chance(30),
        UnreadableIsNonCompliant = Chance(40),
        GraceInHours = Chance(60) ? 0 : One(1, 24, 168, random.Next(169)),
        ExemptIds = Chance(85) ? [] : [One(Key.Id, Key.Arn, $"arn:aws:kms:us-east-1:{AccountId}:key/{Key.Id}", NewGuid().ToString())],
        ExemptTag = Chance(50) ? "keep" : null,
        RequiresEvidence = Chance(50),
        CountsOnDemand = Chance(50),
        EvaluatesImported = Chance(50),
    };

    private JsonObject ParameterJson()
    {
        var json = new JsonObject();
        var cased = Chance(10);
        void Put(string name, JsonNode? value) => json[cased ? name.ToUpperInvariant() : name] = value;
        if (Parameters.Max != 365 || Chance(20)) Put("maxRotationPeriodInDays", Chance(50) ? Parameters.Max : $"{Parameters.Max}");
        if (Parameters.EvaluatesDisabled || Chance(10)) Put("disabledKeys", Parameters.EvaluatesDisabled ? "evaluate" : "skip");
        if (Parameters.SkipsReplicas || Chance(10)) Put("replicaKeys", Parameters.SkipsReplicas ? "skip" : "evaluate");
        if (Parameters.UnreadableIsNonCompliant || Chance(10)) Put("unreadableKeys", Parameters.UnreadableIsNonCompliant ? " nonCompliant " : "fail");
        if (Parameters.GraceInHours > 0 || Chance(10)) Put("newKeyGraceInHours", Parameters.GraceInHours);
        if (Parameters.ExemptIds is [var id]) Put("exemptKeyIds", Chance(50) ? id : new JsonArray(id));
        if (Parameters.ExemptTag is { } tag) Put("exemptTagKey", tag);
        if (Parameters.RequiresEvidence || Chance(10)) Put("rotationEvidence", Parameters.RequiresEvidence ? "require" : "ignore");
        if (Parameters.CountsOnDemand || Chance(10)) Put("onDemandRotation", Parameters.CountsOnDemand ? "count" : "ignore");
        if (Parameters.EvaluatesImported || Chance(10)) Put("importedKeys", Parameters.EvaluatesImported ? "evaluate" : "skip");
        if (Chance(10)) Put(One("executionRoleName", "report"), One<JsonNode?>(null, "", " "));
        return json;
    }

    private JsonObject Event()
    {
        var item = IsOversized ? Summary() : Item();
        var invoking = new JsonObject
        {
            [IsOversized ? "configurationItemSummary" : "configurationItem"] = item,
            ["messageType"] = IsOversized ? "OversizedConfigurationItemChangeNotification" : "ConfigurationItemChangeNotification",
            ["notificationCreationTime"] = Now.ToString("O"),
        };
        var json = new JsonObject
        {
            ["version"] = "1.0",
            ["invokingEvent"] = invoking.ToJsonString(),
            ["ruleParameters"] = ParameterJson() is { Count: > 0 } parameters ? parameters.ToJsonString() : One("{}", "null", "", null),
            ["resultToken"] = "token",
            ["eventLeftScope"] = Key.Gone && Chance(30),
            ["configRuleArn"] = $"arn:aws:config:{Region}:{AccountId}:config-rule/config-rule-abcdef",
            ["configRuleName"] = "kms-key-rotation",
            ["accountId"] = AccountId,
            ["evaluationMode"] = "DETECTIVE",
        };
        return json;
    }

    private JsonObject Summary()
    {
        // The history supplies the facts that the summary does not have. Without a history, these facts were not recorded.
        var gone = Key.Gone;
        if (HasHistory) Item();
        else (Key.Recorded, Key.RecordedRotation, Key.RecordedTags) = (new(), null, null);
        return Named(gone ? "ResourceDeleted" : "OK");
    }

    private JsonObject Named(string status) => new()
    {
        ["configurationItemCaptureTime"] = CaptureTime.ToString("O"),
        ["configurationItemStatus"] = status,
        ["awsAccountId"] = AccountId,
        ["resourceType"] = "AWS::KMS::Key",
        ["resourceId"] = Key.Id,
        ["awsRegion"] = Chance(90) ? Region : null,
    };

    private JsonObject Item()
    {
        var item = Named(Key.Gone ? One("ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded") : One("OK", "ResourceDiscovered"));
        var facts = Key.Recorded;
        Configuration = new()
        {
            ["keyManager"] = facts.Manager,
            [Chance(80) ? "keySpec" : "customerMasterKeySpec"] = facts.Spec,
            ["origin"] = facts.Origin,
            ["keyState"] = facts.State,
            ["creationDate"] = facts.Created is not { } created ? null : Chance(50) ? created.ToUnixTimeMilliseconds() : created.ToString("O"),
            ["description"] = Wild(),
        };
        if (Configuration["creationDate"]?.GetValueKind() == JsonValueKind.Number)
            facts.Created = DateTimeOffset.FromUnixTimeMilliseconds(facts.Created!.Value.ToUnixTimeMilliseconds());
        if (Chance(5))
        {
            Configuration["creationDate"] = One<JsonNode?>("", "soon", "2016-12-31T23:59:60Z", true, -1, 1448559660.123, long.MinValue, new JsonArray());
            facts.Created = null;
        }

        if (facts.MultiRegionType is not null) Configuration["multiRegionConfiguration"] = new JsonObject { ["multiRegionKeyType"] = facts.MultiRegionType };
        Supplementary = new()
        {
            ["KeyRotationStatus"] = Key.RecordedRotation is not { } flag ? null : Chance(50) ? flag : flag ? "true" : "false",
        };
        if (Key.RecordedTags is { } tags)
            Supplementary["Tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["tagKey"] = tag.Key, ["tagValue"] = tag.Value })]);
        if (Chance(10))
        {
            Supplementary["Tags"] = One<JsonNode?>(
                7, "", "[", "team", true, new JsonObject { ["keep"] = "9999-12-31" }, new JsonArray(7), new JsonArray(new JsonObject()),
                new JsonArray(new JsonObject { ["key"] = "keep", ["value"] = "9999-12-31" }),
                new JsonArray(new JsonObject { ["tagKey"] = "keep", ["tagValue"] = 7 }));
            Key.RecordedTags = null;
        }

        IsDaily = Chance(15);
        if (IsDaily)
        {
            item["configurationItemDeliveryTime"] = Now.ToString("O");
            (facts.State, facts.MultiRegionType, Key.RecordedTags) = (null, null, null);
        }

        item["configuration"] = Configuration;
        item["supplementaryConfiguration"] = Supplementary;
        if (Key.Gone && Chance(50)) item["configuration"] = null;
        return item;
    }

    /// <summary>Makes one change that is not valid in any event.</summary>
    private string Broken(JsonObject json)
    {
        Expectation = Expectation.Problem;
        var invoking = JsonNode.Parse((string)json["invokingEvent"]!)!.AsObject();
        var item = invoking[IsOversized ? "configurationItemSummary" : "configurationItem"]!.AsObject();
        Change = random.Next(8) switch
        {
            0 => Without(json, "accountId", "invokingEvent", "resultToken", "configRuleName"),
            1 => Without(invoking, "messageType", "configurationItem", "configurationItemSummary"),
            2 => Without(item, "resourceId", "resourceType", "configurationItemStatus", "configurationItemCaptureTime"),
            3 => Put(json, One(("accountId", "12"), ("accountId", 7), ("eventLeftScope", "no"), ("invokingEvent", 7), ("invokingEvent", "[]"), ("invokingEvent", "{"), ("resultToken", " "),
                ("configRuleArn", "arn:aws:config:us-east-1:111122223333:config-rule/x"), ("invokingEvent", (JsonNode)new string('[', 5000)), ("configRuleName", new JsonArray()))),
            4 => Put(json, ("ruleParameters", One(
                "[]", "{", "7", """{"x":1}""", """{"maxRotationPeriodInDays":89}""", """{"maxRotationPeriodInDays":"2561"}""", """{"maxRotationPeriodInDays":365.5}""", """{"maxRotationPeriodInDays":1e9999}""",
                """{"maxRotationPeriodInDays":true}""", """{"disabledKeys":"Skip"}""", """{"report":0}""", """{"exemptKeyIds":"alias/x"}""", """{"exemptKeyIds":[7]}""", """{"newKeyGraceInHours":-1}""",
                """{"report":"all","REPORT":"all"}""", """{"exemptTagKey":"\ud800"}""", """{"executionRoleName":"/role"}""", """{"unreadableKeys":["fail"]}"""))),
            5 => Put(invoking, One(("messageType", "Other"), ("messageType", 7), (IsOversized ? "configurationItemSummary" : "configurationItem", (JsonNode)new JsonArray()))),
            6 => Put(item, One(
                ("resourceId", "alias/x"), ("resourceId", Key.Arn), ("resourceId", new string('a', 257)), ("resourceId", 7), ("resourceId", ""), ("resourceType", "AWS::S3::Bucket"), ("configurationItemStatus", "Ok"),
                ("awsRegion", "us-east-1"), ("awsAccountId", "999999999999"), ("configurationItemCaptureTime", "10:30"), ("configurationItemCaptureTime", -1), ("configurationItemCaptureTime", "yesterday"),
                ("configurationItemCaptureTime", long.MaxValue), ("configurationItemStatus", (JsonNode)new JsonObject()))),
            _ when !IsOversized && !Key.Gone => Put(item, One(
                ("configuration", "x"), ("configuration", 7), ("configuration", new JsonArray()), ("supplementaryConfiguration", new JsonArray()), ("configuration", new JsonObject { ["keySpec"] = 7 }),
                ("configuration", new JsonObject { ["multiRegionConfiguration"] = "x" }), ("supplementaryConfiguration", "x"),
                ("supplementaryConfiguration", (JsonNode)new JsonObject { ["KeyRotationStatus"] = "maybe" }))),
            _ => Put(json, ("accountId", "x")),
        };
        if (!Change.StartsWith("invokingEvent", StringComparison.Ordinal)) json["invokingEvent"] = invoking.ToJsonString();

        // JsonObject cannot hold a repeated name, half a surrogate pair or truncated JSON, so these changes are made in the text.
        var text = json.ToJsonString();
        return random.Next(12) switch
        {
            0 => Written("a repeated name", text.Insert(1, "\"accountId\":\"111122223333\",\"accountId\":\"111122223333\",")),
            1 => Written("half a surrogate pair", text.Insert(1, "\"configRuleId\":\"\\ud800\",")),
            2 => Written("truncated", text[..random.Next(text.Length)]),
            3 => Written("not an event", One("", "null", "[]", "7", "\"\"", "{}", "\ufeff", new string('[', 100_000))),
            _ => text,
        };
    }

    private string Written(string change, string text)
    {
        Change = change;
        return text;
    }

    private string Without(JsonObject json, params string[] names)
    {
        var name = One([.. names.Where(json.ContainsKey)]);
        if (Chance(50)) json.Remove(name);
        else json[name] = null;
        return name + " is missing";
    }

    private static string Put(JsonObject json, (string Name, JsonNode Value) field)
    {
        json[field.Name] = field.Value;
        return $"{field.Name} is {field.Value.ToJsonString()}";
    }

    /// <summary>Removes, inserts, duplicates or replaces some characters.</summary>
    private string Blind(string text)
    {
        Expectation = Expectation.Either;
        Change = "blind";
        for (var changes = random.Next(1, 6); changes > 0 && text.Length > 2; changes--)
        {
            var place = random.Next(text.Length - 1);
            text = random.Next(4) switch
            {
                0 => text.Remove(place, 1),
                1 => text.Insert(place, One("\"", "\\", "{", "}", ":", ",", "0", "\0", "\u0080", "null", One(Hostile))),
                2 => text.Insert(place, text.Substring(place, Math.Min(random.Next(40), text.Length - place))),
                _ => text[..place] + (char)random.Next(32, 127) + text[(place + 1)..],
            };
        }

        return text;
    }
}
