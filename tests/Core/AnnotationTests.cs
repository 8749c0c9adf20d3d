namespace KeyRotation.Tests.Core;

internal sealed class AnnotationTests
{
    private const string Command = "aws kms enable-key-rotation --region eu-central-1 --rotation-period-in-days 365 --key-id " + Keys.Id;

    private const string InStack = "set EnableKeyRotation: true and RotationPeriodInDays: ";

    private const string Rotate = "aws kms rotate-key-on-demand --region eu-central-1 --key-id " + Keys.Id;
    private const string OnPrimary = "on the primary: aws kms rotate-key-on-demand --region us-east-1 --key-id " + Keys.PrimaryArn;

    private static readonly KeyFacts Disabled = Keys.Off with { KeyState = "Disabled" };

    private static readonly StackOwner None = new StackOwner.None();
    private static readonly StackOwner Unknown = new StackOwner.Unknown();
    private static readonly StackOwner Stack = new StackOwner.Stack("payments", "DataKey");
    private static readonly StackOwner LongStack = new StackOwner.Stack(new('s', 128), new('L', 255));

    [TestCaseSource(nameof(NextSteps))]
    public void Names_the_place_where_the_fix_belongs(Fix fix, KeyFacts key, StackOwner owner, string step) =>
        Assert.That(Of("Rotation is off.", fix, key, owner), Is.EqualTo("Rotation is off. Fix: " + step));

    private static IEnumerable<TestCaseData> NextSteps()
    {
        var replica = Keys.Replica;
        const string onPrimary = $"on the primary: aws kms enable-key-rotation --region us-east-1 --rotation-period-in-days 365 --key-id {Keys.PrimaryArn}";
        yield return Case("no stack", Fix.EnableKeyRotation, Keys.Off, None, Command);
        yield return Case("no stack, disabled", Fix.EnableKeyRotation, Disabled, None, "enable the key, then " + Command);
        yield return Case("not known", Fix.EnableKeyRotation, Keys.Off, Unknown, "in its CloudFormation stack, if it has one; else " + Command);
        yield return Case("a stack", Fix.EnableKeyRotation, Keys.Off, Stack, "set EnableKeyRotation: true and RotationPeriodInDays: 365 on DataKey in CloudFormation stack payments.");
        yield return Case("a stack, disabled", Fix.EnableKeyRotation, Disabled, Stack, "enable the key, then set EnableKeyRotation: true and RotationPeriodInDays: 365 on DataKey in CloudFormation stack payments.");
        yield return Case("names of the greatest length", Fix.EnableKeyRotation, Keys.Off, LongStack, InStack + $"365 in stack {new string('s', 128)}.");
        yield return Case("a primary", Fix.EnableKeyRotation, Keys.Primary, None, $"aws kms enable-key-rotation --region us-east-1 --rotation-period-in-days 365 --key-id {Keys.MultiRegionId}");
        yield return Case("a replica", Fix.EnableKeyRotation, replica, None, onPrimary);
        yield return Case("a replica in a stack", Fix.EnableKeyRotation, replica, Stack, onPrimary);
        yield return Case("a disabled replica", Fix.EnableKeyRotation, replica with { KeyState = "Disabled" }, Unknown, onPrimary);
        var ofUnnamed = replica with { PrimaryKeyArn = null };
        const string onUnnamed = "enable rotation, every 365 days, on its primary key.";
        yield return Case("a replica of a primary unnamed", Fix.EnableKeyRotation, ofUnnamed, None, onUnnamed);
        yield return Case("to be rotated", Fix.RotateKeyOnDemand, Keys.Customer, Stack, Rotate);
        yield return Case("to be rotated, disabled", Fix.RotateKeyOnDemand, Disabled, None, "enable the key, then " + Rotate);
        yield return Case("to be rotated, a replica", Fix.RotateKeyOnDemand, replica, None, OnPrimary);
        yield return Case("to be rotated, a replica of a primary unnamed", Fix.RotateKeyOnDemand, ofUnnamed, None, "rotate its primary key on demand.");
        yield return Case("imported", Fix.ImportKeyMaterialThenRotate, Keys.Imported, None, "import new key material, then " + Rotate);
        yield return Case("imported, disabled", Fix.ImportKeyMaterialThenRotate, Disabled, None, "enable the key, then import new key material, then " + Rotate);
        const string everywhere = "import new key material into the primary and every replica, then ";
        yield return Case("imported, a primary", Fix.ImportKeyMaterialThenRotate, Keys.Primary, None, everywhere + "aws kms rotate-key-on-demand --region us-east-1 --key-id " + Keys.MultiRegionId);
        yield return Case("imported, a replica", Fix.ImportKeyMaterialThenRotate, replica, None, everywhere + OnPrimary);
        yield return Case("unreadable by us", Fix.AllowReading, Keys.Off, None, "allow the rule's role to read this key in the key policy.");
        yield return Case("unreadable by us, a replica", Fix.AllowReading, replica, None, "allow the rule's role to read this key in the key policy.");
        yield return Case("AWS failed", Fix.Wait, replica, None, "nothing to change on the key; AWS Config evaluates it again.");

        static TestCaseData Case(string name, Fix fix, KeyFacts key, StackOwner owner, string step) =>
            new TestCaseData(fix, key, owner, step).SetArgDisplayNames(name);
    }

    [TestCase(20, ExpectedResult = " Fix: in its CloudFormation stack, if it has one; else " + Command)]
    [TestCase(120, ExpectedResult = " Fix: in its CloudFormation stack, if it has one; else enable rotation, every 365 days.")]
    [TestCase(200, ExpectedResult = " Fix: enable rotation, every 365 days.")]
    [TestCase(230, ExpectedResult = "")]
    public string Whether_a_stack_owns_the_key_stays_open_where_there_is_room_to_say_so(int length) =>
        Of(new string('x', length), Fix.EnableKeyRotation, Keys.Off, Unknown)[length..];

    /// <summary>CDK names a nested stack, and what is in it, by all that it is in.</summary>
    [TestCase(false, 60, 53, "365 on L in CloudFormation stack s.")]
    [TestCase(false, 60, 54, "365 in stack s.")]
    [TestCase(false, 128, 255, "365 in stack s.")]
    [TestCase(true, 91, 1, "365 on L in CloudFormation stack s.")]
    [TestCase(true, 111, 1, "365 in stack s.")]
    [TestCase(true, 112, 1, "365 in its CloudFormation stack.")]
    public void However_long_its_names_are_a_stack_is_told_to_turn_rotation_on(bool isDisabled, int stack, int resource, string step)
    {
        var owner = new StackOwner.Stack(new('s', stack), new('L', resource));
        var named = step.Replace(" s.", $" {owner.StackName}.", StringComparison.Ordinal)
            .Replace(" L ", $" {owner.LogicalResourceId} ", StringComparison.Ordinal);
        Assert.That(Of("Rotation is off; required at least every 365 days.", Fix.EnableKeyRotation, isDisabled ? Disabled : Keys.Off, owner), Does.EndWith(InStack + named));
    }

    private static readonly object[] Owners = [None, Unknown, Stack, LongStack];

    /// <summary>A period alone turns no rotation on, neither in a template nor in a person's mind.</summary>
    [Test]
    public void Every_form_of_the_advice_turns_rotation_on(
        [Values] bool isDisabled,
        [ValueSource(nameof(Owners))] object owner,
        [Values] bool isReplica,
        [Values] bool isPrimaryKnown)
    {
        var key = !isReplica ? Keys.Off : isPrimaryKnown ? Keys.Replica : Keys.Replica with { PrimaryKeyArn = null };
        if (isDisabled) key = key with { KeyState = "Disabled" };
        Assert.That(
            Annotation.NextSteps(Fix.EnableKeyRotation, key, 365, (StackOwner)owner),
            Is.All.Match("aws kms enable-key-rotation.*365|EnableKeyRotation: true.*365|enable rotation, every 365 days"));
    }

    /// <summary>What a sweep does not ask is left out on both sides; that a key is in no stack is another thing to say.</summary>
    [TestCase($"Off. Fix: {InStack}365 on A in CloudFormation stack b.", "Off. Fix: ")]
    [TestCase($"Off. Fix: enable the key, then {InStack}90 in stack b.", "Off. Fix: enable the key, then ")]
    [TestCase($"{InStack}Fix: {InStack}90 in stack b.", $"{InStack}Fix: ")]
    [TestCase(InStack + "90", "")]
    [TestCase("Off. Fix: " + Command, "Off. Fix: " + Command)]
    public void A_stack_is_left_out_with_all_that_is_said_about_it(string annotation, string rest) =>
        Assert.That(Annotation.WithoutStack(annotation), Is.EqualTo(rest));

    [TestCaseSource(nameof(LongFindings))]
    public void Where_the_fullest_next_step_does_not_fit_a_shorter_one_is_whole(int length, KeyFacts key, StackOwner owner, string step)
    {
        var finding = new string('x', length - 1) + ".";
        Assert.That(Of(finding, Fix.EnableKeyRotation, key, owner), Is.EqualTo(finding + step));
    }

    private static IEnumerable<TestCaseData> LongFindings()
    {
        const string mark = " Fix: ";
        const string brief = mark + "enable rotation, every 365 days.";
        const string arn = mark + $"enable rotation, every 365 days, on the primary key {Keys.PrimaryArn}.";
        const string unnamed = mark + "enable rotation, every 365 days, on its primary key.";
        const string onPrimary = mark + $"on the primary: aws kms enable-key-rotation --region us-east-1 --rotation-period-in-days 365 --key-id {Keys.PrimaryArn}";
        const string inStack = mark + "set EnableKeyRotation: true and RotationPeriodInDays: 365 in its CloudFormation stack.";

        yield return Case("the command just fits", 256 - mark.Length - Command.Length, Keys.Off, None, mark + Command);
        yield return Case("the command is one too long", 257 - mark.Length - Command.Length, Keys.Off, None, brief);
        yield return Case("a few words just fit", 256 - brief.Length, Keys.Off, None, brief);
        yield return Case("nothing fits", 257 - brief.Length, Keys.Off, None, "");
        yield return Case("the finding fills it", 256, Keys.Off, None, "");
        yield return Case("the primary's command just fits", 256 - onPrimary.Length, Keys.Replica, None, onPrimary);
        yield return Case("the primary's ARN is kept", 257 - onPrimary.Length, Keys.Replica, None, arn);
        yield return Case("the primary's ARN does not fit", 257 - arn.Length, Keys.Replica, None, unnamed);
        yield return Case("a stack unnamed just fits", 256 - inStack.Length, Keys.Off, LongStack, inStack);
        yield return Case("a stack unnamed is one too long", 257 - inStack.Length, Keys.Off, LongStack, brief);

        static TestCaseData Case(string name, int length, KeyFacts key, StackOwner owner, string step) =>
            new TestCaseData(length, key, owner, step).SetArgDisplayNames(name);
    }

    [TestCase(256 - 6, false, Rotate)]
    [TestCase(257 - 6, false, "rotate the key on demand.")]
    [TestCase(256 - 6, true, OnPrimary)]
    [TestCase(257 - 6, true, $"rotate the primary key {Keys.PrimaryArn} on demand.")]
    public void A_rotation_on_demand_is_advised_in_as_many_words_as_fit(int room, bool isReplica, string step)
    {
        var fullest = isReplica ? OnPrimary : Rotate;
        var finding = new string('x', room - fullest.Length);
        Assert.That(Of(finding, Fix.RotateKeyOnDemand, isReplica ? Keys.Replica : Keys.Off, None), Is.EqualTo($"{finding} Fix: {step}"));
    }

    [TestCase("aws", "ap-southeast-2")]
    [TestCase("aws-cn", "cn-northwest-1")]
    [TestCase("aws-us-gov", "us-gov-west-1")]
    [TestCase("aws-iso-b", "us-isob-east-1")]
    public void A_replica_is_told_the_whole_command_in_every_partition(string partition, string region)
    {
        var primary = $"arn:{partition}:kms:{region}:111122223333:key/{Keys.MultiRegionId}";
        var parameters = RuleParameters.Default with { MaxRotationPeriodInDays = 2559 };
        var replica = Keys.Replica with { IsDescribed = true, PrimaryKeyArn = primary };
        foreach (var rotation in (RotationStatus[])[new RotationStatus.Off(), new RotationStatus.On(2560)])
        {
            var verdict = (Verdict.NonCompliant)KeyRule.Judge(replica with { Rotation = rotation }, parameters, Keys.Now);
            Assert.That(
                Annotation.Of(verdict, replica, parameters.MaxRotationPeriodInDays, None),
                Does.EndWith($"aws kms enable-key-rotation --region {region} --rotation-period-in-days 2559 --key-id {primary}"));
        }
    }

    [Test]
    public void An_expired_exemption_is_named_in_the_annotation()
    {
        var parameters = RuleParameters.Default with { ExemptTagKey = "rotation-exempt" };
        var verdict = (Verdict.NonCompliant)KeyRule.Judge(Keys.Off.Tagged("rotation-exempt", "2026-01-31"), parameters, Keys.Now);
        Assert.That(
            Annotation.Of(verdict, Keys.Off, parameters.MaxRotationPeriodInDays, None),
            Is.EqualTo("Rotation is off; required at least every 365 days. Its exemption by tag rotation-exempt ended on 2026-01-31. Fix: " + Command));
    }

    [Test]
    public void Names_of_a_stack_cannot_break_the_line() =>
        Assert.That(Of("Off.", Fix.EnableKeyRotation, Keys.Off, new StackOwner.Stack("a\nb", "c\u202ed")), Does.EndWith("on c d in CloudFormation stack a b."));

    [Test]
    public void There_is_no_next_step_for_a_key_that_complies() =>
        Assert.That(Annotation.Of(new Verdict.Compliant('m', "Rotation\nis on."), Keys.Customer, 365, None), Is.EqualTo("Rotation is on."));

    private static string Of(string finding, Fix fix, KeyFacts key, StackOwner owner) =>
        Annotation.Of(new Verdict.NonCompliant('k', finding, fix), key, 365, owner);
}
