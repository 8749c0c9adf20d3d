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
    public void Fix_names_the_place_to_change(Fix fix, KeyFacts key, StackOwner owner, string step) =>
        Assert.That(Of("Rotation is off.", fix, key, owner), Is.EqualTo("Rotation is off. Fix: " + step));

    private static IEnumerable<TestCaseData> NextSteps()
    {
        var replica = Keys.Replica;
        const string onPrimary = $"on the primary: aws kms enable-key-rotation --region us-east-1 --rotation-period-in-days 365 --key-id {Keys.PrimaryArn}";
        yield return Case("no stack", Fix.EnableKeyRotation, Keys.Off, None, Command);
        yield return Case("no stack, disabled", Fix.EnableKeyRotation, Disabled, None, "enable the key, then " + Command);
        yield return Case(
            "stack not known", Fix.EnableKeyRotation, Keys.Off, Unknown, "in its CloudFormation stack, if it has one; else " + Command);
        yield return Case(
            "stack",
            Fix.EnableKeyRotation,
            Keys.Off,
            Stack,
            "set EnableKeyRotation: true and RotationPeriodInDays: 365 on DataKey in CloudFormation stack payments.");
        yield return Case(
            "stack, disabled",
            Fix.EnableKeyRotation,
            Disabled,
            Stack,
            "enable the key, then set EnableKeyRotation: true and RotationPeriodInDays: 365 on DataKey in CloudFormation stack payments.");
        yield return Case(
            "stack with the longest names", Fix.EnableKeyRotation, Keys.Off, LongStack, InStack + $"365 in stack {new string('s', 128)}.");
        yield return Case(
            "primary key",
            Fix.EnableKeyRotation,
            Keys.Primary,
            None,
            $"aws kms enable-key-rotation --region us-east-1 --rotation-period-in-days 365 --key-id {Keys.MultiRegionId}");
        yield return Case("replica", Fix.EnableKeyRotation, replica, None, onPrimary);
        yield return Case("replica in a stack", Fix.EnableKeyRotation, replica, Stack, onPrimary);
        yield return Case("disabled replica", Fix.EnableKeyRotation, replica with { KeyState = "Disabled" }, Unknown, onPrimary);
        var ofUnnamed = replica with { PrimaryKeyArn = null };
        const string onUnnamed = "enable rotation, every 365 days, on its primary key.";
        yield return Case("replica, primary key not named", Fix.EnableKeyRotation, ofUnnamed, None, onUnnamed);
        yield return Case("rotate on demand", Fix.RotateKeyOnDemand, Keys.Customer, Stack, Rotate);
        yield return Case("rotate on demand, disabled", Fix.RotateKeyOnDemand, Disabled, None, "enable the key, then " + Rotate);
        yield return Case("rotate on demand, replica", Fix.RotateKeyOnDemand, replica, None, OnPrimary);
        yield return Case(
            "rotate on demand, replica, primary key not named",
            Fix.RotateKeyOnDemand,
            ofUnnamed,
            None,
            "rotate its primary key on demand.");
        yield return Case("imported", Fix.ImportKeyMaterialThenRotate, Keys.Imported, None, "import new key material, then " + Rotate);
        yield return Case("imported, disabled", Fix.ImportKeyMaterialThenRotate, Disabled, None, "enable the key, then import new key material, then " + Rotate);
        const string everywhere = "import new key material into the primary and every replica, then ";
        yield return Case(
            "imported, primary key",
            Fix.ImportKeyMaterialThenRotate,
            Keys.Primary,
            None,
            everywhere + "aws kms rotate-key-on-demand --region us-east-1 --key-id " + Keys.MultiRegionId);
        yield return Case("imported, replica", Fix.ImportKeyMaterialThenRotate, replica, None, everywhere + OnPrimary);
        yield return Case("access denied", Fix.AllowReading, Keys.Off, None, "allow the rule's role to read this key in the key policy.");
        yield return Case(
            "access denied, replica", Fix.AllowReading, replica, None, "allow the rule's role to read this key in the key policy.");
        yield return Case("AWS failure", Fix.Wait, replica, None, "nothing to change on the key; AWS Config evaluates it again.");

        static TestCaseData Case(string name, Fix fix, KeyFacts key, StackOwner owner, string step) =>
            new TestCaseData(fix, key, owner, step).SetArgDisplayNames(name);
    }

    [TestCase(20, ExpectedResult = " Fix: in its CloudFormation stack, if it has one; else " + Command)]
    [TestCase(120, ExpectedResult = " Fix: in its CloudFormation stack, if it has one; else enable rotation, every 365 days.")]
    [TestCase(200, ExpectedResult = " Fix: enable rotation, every 365 days.")]
    [TestCase(230, ExpectedResult = "")]
    public string Unknown_stack_is_mentioned_if_there_is_room(int length) =>
        Of(new string('x', length), Fix.EnableKeyRotation, Keys.Off, Unknown)[length..];

    /// <summary>The names can be long: the AWS CDK puts the names of all parents into those of nested stacks and resources.</summary>
    [TestCase(false, 60, 53, "365 on L in CloudFormation stack s.")]
    [TestCase(false, 60, 54, "365 in stack s.")]
    [TestCase(false, 128, 255, "365 in stack s.")]
    [TestCase(true, 91, 1, "365 on L in CloudFormation stack s.")]
    [TestCase(true, 111, 1, "365 in stack s.")]
    [TestCase(true, 112, 1, "365 in its CloudFormation stack.")]
    public void Stack_fix_turns_rotation_on_even_with_long_names(bool isDisabled, int stack, int resource, string step)
    {
        var owner = new StackOwner.Stack(new('s', stack), new('L', resource));
        var named = step.Replace(" s.", $" {owner.StackName}.", StringComparison.Ordinal)
            .Replace(" L ", $" {owner.LogicalResourceId} ", StringComparison.Ordinal);
        Assert.That(Of("Rotation is off; required at least every 365 days.", Fix.EnableKeyRotation, isDisabled ? Disabled : Keys.Off, owner), Does.EndWith(InStack + named));
    }

    private static readonly object[] Owners = [None, Unknown, Stack, LongStack];

    /// <summary>A period alone does not turn rotation on, so every form of the fix must contain both.</summary>
    [Test]
    public void Every_form_of_the_fix_turns_rotation_on(
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

    /// <summary>A sweep compares annotations before it looks up stacks. An annotation that names no stack is kept whole.</summary>
    [TestCase($"Off. Fix: {InStack}365 on A in CloudFormation stack b.", "Off. Fix: ")]
    [TestCase($"Off. Fix: enable the key, then {InStack}90 in stack b.", "Off. Fix: enable the key, then ")]
    [TestCase($"{InStack}Fix: {InStack}90 in stack b.", $"{InStack}Fix: ")]
    [TestCase(InStack + "90", "")]
    [TestCase("Off. Fix: " + Command, "Off. Fix: " + Command)]
    public void Stack_part_is_removed_for_the_comparison(string annotation, string rest) =>
        Assert.That(Annotation.WithoutStack(annotation), Is.EqualTo(rest));

    [TestCaseSource(nameof(LongFindings))]
    public void Longest_form_of_the_fix_that_fits_is_used(int length, KeyFacts key, StackOwner owner, string step)
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
        yield return Case("the command is one character too long", 257 - mark.Length - Command.Length, Keys.Off, None, brief);
        yield return Case("the short form just fits", 256 - brief.Length, Keys.Off, None, brief);
        yield return Case("nothing fits", 257 - brief.Length, Keys.Off, None, "");
        yield return Case("the finding fills the annotation", 256, Keys.Off, None, "");
        yield return Case("the command for the primary key just fits", 256 - onPrimary.Length, Keys.Replica, None, onPrimary);
        yield return Case("the ARN of the primary key is kept", 257 - onPrimary.Length, Keys.Replica, None, arn);
        yield return Case("the ARN of the primary key does not fit", 257 - arn.Length, Keys.Replica, None, unnamed);
        yield return Case("an unnamed stack just fits", 256 - inStack.Length, Keys.Off, LongStack, inStack);
        yield return Case("an unnamed stack is one character too long", 257 - inStack.Length, Keys.Off, LongStack, brief);

        static TestCaseData Case(string name, int length, KeyFacts key, StackOwner owner, string step) =>
            new TestCaseData(length, key, owner, step).SetArgDisplayNames(name);
    }

    [TestCase(256 - 6, false, Rotate)]
    [TestCase(257 - 6, false, "rotate the key on demand.")]
    [TestCase(256 - 6, true, OnPrimary)]
    [TestCase(257 - 6, true, $"rotate the primary key {Keys.PrimaryArn} on demand.")]
    public void Rotation_on_demand_is_shortened_to_fit(int room, bool isReplica, string step)
    {
        var fullest = isReplica ? OnPrimary : Rotate;
        var finding = new string('x', room - fullest.Length);
        Assert.That(Of(finding, Fix.RotateKeyOnDemand, isReplica ? Keys.Replica : Keys.Off, None), Is.EqualTo($"{finding} Fix: {step}"));
    }

    [TestCase("aws", "ap-southeast-2")]
    [TestCase("aws-cn", "cn-northwest-1")]
    [TestCase("aws-us-gov", "us-gov-west-1")]
    [TestCase("aws-iso-b", "us-isob-east-1")]
    public void Replica_gets_the_full_command_in_every_partition(string partition, string region)
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
    public void Expired_exemption_is_in_the_annotation()
    {
        var parameters = RuleParameters.Default with { ExemptTagKey = "rotation-exempt" };
        var verdict = (Verdict.NonCompliant)KeyRule.Judge(Keys.Off.Tagged("rotation-exempt", "2026-01-31"), parameters, Keys.Now);
        Assert.That(
            Annotation.Of(verdict, Keys.Off, parameters.MaxRotationPeriodInDays, None),
            Is.EqualTo("Rotation is off; required at least every 365 days. Its exemption by tag rotation-exempt ended on 2026-01-31. Fix: " + Command));
    }

    [Test]
    public void Stack_names_cannot_break_the_line() =>
        Assert.That(Of("Off.", Fix.EnableKeyRotation, Keys.Off, new StackOwner.Stack("a\nb", "c\u202ed")), Does.EndWith("on c d in CloudFormation stack a b."));

    [Test]
    public void Compliant_key_has_no_fix() =>
        Assert.That(Annotation.Of(new Verdict.Compliant('m', "Rotation\nis on."), Keys.Customer, 365, None), Is.EqualTo("Rotation is on."));

    private static string Of(string finding, Fix fix, KeyFacts key, StackOwner owner) =>
        Annotation.Of(new Verdict.NonCompliant('k', finding, fix), key, 365, owner);
}
