using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>The options of the program. Those of the rule are the rule's own parameters, checked by the rule's own code.</summary>
internal sealed partial class CommandLine
{
    // Nothing is reported to AWS Config here, and --role-name names the role.
    private static readonly string[] NotOptions = ["report", "executionRoleName"];

    private const string ExitCodes =
        "Exit codes: 0 no finding that --fail-on counts; 3 there is one; 1 the audit could not be completed; 2 wrong usage.";

    private readonly Option<string?> profile = new("--profile") { Description = "Profile of the AWS configuration files. Without it: environment variables, and the other places where AWS tools look.", HelpName = "name" };
    private readonly Option<string[]> region = Several("--region", "One Region, several (separated by commas, or the option repeated), or all that are enabled.", "name,…|all");
    private readonly Option<string?> roleName = new("--role-name") { Description = "Role to assume in each account: a name, or path/name.", HelpName = "name" };
    private readonly Option<string[]> accounts = Several("--accounts", "Account ids, with --role-name.", "id,…");
    private readonly Option<string?> accountsFrom = new("--accounts-from") { Description = "File with account ids, or with what aws organizations list-accounts printed; - is standard input.", HelpName = "file|-" };
    private readonly Option<string?> externalId = new("--external-id") { Description = "External id that the trust policies of the roles ask for.", HelpName = "id" };
    private readonly Option<string?> endpointUrl = new("--endpoint-url") { Description = "Another endpoint than AWS's, such as moto or LocalStack.", HelpName = "url" };
    private readonly Option<string[]> output = Several("--output", $"Report to write; its extension says which: {Output.Valid}. Several are possible; - is standard output.", "file|-");
    private readonly Option<string> format = Choice("--format", "Kind of report that --output - writes.", "json", Output.Names);
    private readonly Option<string?> baseline = new("--baseline") { Description = "Report (.json) of an earlier audit: show what changed since. It must be of the same accounts and Regions.", HelpName = "file" };
    private readonly Option<string> failOn = Choice("--fail-on", "Findings that give exit code 3: any; new, those that --baseline does not have; none.", "any", ["any", "new", "none"]);
    private readonly Option<bool> withTags = new("--with-tags") { Description = "Read and report the tags of customer keys: one more call a key." };
    private readonly Option<bool> withRotations = new("--with-rotations") { Description = "Read and report the rotations that happened: one more call a key that can be rotated, 50 a second." };
    private readonly Option<bool> withLastUse = new("--with-last-use") { Description = $"Read and report when findings were last used, to see what to fix first: the first {PlaceAudit.MaxLastUses} of each account and Region, two or three a second." };
    private readonly Option<int> quotaPercent = Number("--quota-percent", "Share of KMS's request quotas to use, 1 to 100; production shares them.", 50, 1, 100);
    private readonly Option<int> parallelism = Number("--parallelism", "Requests at a time in each account and Region, 1 to 256.", 64, 1, 256);
    private readonly Option<int> rows = Number("--rows", "Findings that a terminal shows; 0 is all.", 25, 0, int.MaxValue);
    private readonly Option<bool> demonstration = new("--demo") { Description = "Audit made-up accounts: no AWS, no credentials." };
    private readonly Option<bool> quiet = new("--quiet", "-q") { Description = "Print problems only; the exit code and the reports say the rest." };
    private readonly Option<bool> noColor = new("--no-color") { Description = "No colours; the environment variable NO_COLOR does the same." };
    private readonly List<(RuleParameters.Definition Definition, Option<string?> Option)> parameters =
    [
        .. RuleParameters.Definitions.Where(definition => !NotOptions.Contains(definition.Name)).Select(definition => (definition, new Option<string?>($"--{Kebab(definition.Name)}", $"--{definition.Name}")
        {
            Description = $"Rule parameter {definition.Name}: {definition.Valid}.",
            HelpName = "value",
        })),
    ];

    private readonly TextReader input;
    private readonly RootCommand command;

    /// <param name="input">Standard input, from which account ids can come.</param>
    public CommandLine(TextReader input)
    {
        this.input = input;
        command = new RootCommand(
            "Audits the key rotation of AWS accounts with the rule's own verdicts, and writes nothing to AWS. --demo shows it without an account.\n\n" + ExitCodes)
        {
            profile, region, roleName, accounts, accountsFrom, externalId, endpointUrl, output, format, baseline, failOn, withTags, withRotations, withLastUse, quotaPercent, parallelism, rows, demonstration, quiet, noColor,
        };
        foreach (var (_, option) in parameters) command.Options.Add(option);
    }

    /// <summary>The options, or null where help or the version was asked for and has been printed.</summary>
    /// <exception cref="UsageException">The command line is wrong.</exception>
    public AuditOptions? Parse(IReadOnlyList<string> args, TextWriter help)
    {
        var result = command.Parse([.. args]);
        if (result.Errors is [var error, ..]) throw new UsageException($"{error.Message.TrimEnd('.')}. --help shows what is possible.");
        if (result.Action is not null)
        {
            result.Invoke(new InvocationConfiguration { Output = help });
            return null;
        }

        var options = new AuditOptions
        {
            Profile = result.GetValue(profile),
            Regions = Split(result.GetValue(region)),
            RoleName = result.GetValue(roleName),
            Accounts = [.. Split(result.GetValue(accounts)).Concat(result.GetValue(accountsFrom) is { } path ? AccountList.Read(path, input) : []).Distinct()],
            ExternalId = result.GetValue(externalId),
            EndpointUrl = result.GetValue(endpointUrl),
            Outputs = result.GetValue(output) ?? [],
            Format = result.GetValue(format)!,
            Baseline = result.GetValue(baseline),
            FailOn = Enum.Parse<FailOn>(result.GetValue(failOn)!, ignoreCase: true),
            WithTags = result.GetValue(withTags),
            WithRotations = result.GetValue(withRotations),
            WithLastUse = result.GetValue(withLastUse),
            QuotaPercent = result.GetValue(quotaPercent),
            Parallelism = result.GetValue(parallelism),
            Rows = result.GetValue(rows),
            Demonstration = result.GetValue(demonstration),
            Quiet = result.GetValue(quiet),
            NoColor = result.GetValue(noColor),
        };
        Check(options);
        return WithParameters(options, result);
    }

    private static void Check(AuditOptions options)
    {
        if (options is { Accounts.Count: > 0, RoleName: null }) throw new UsageException("--accounts needs --role-name: the role to assume in each account.");
        if (options.Accounts.FirstOrDefault(account => !AccountId().IsMatch(account)) is { } account) throw new UsageException($"'{account}' is not an account id; it must be 12 digits.");
        if (options is { ExternalId: not null, RoleName: null }) throw new UsageException("--external-id needs --role-name: the role whose trust policy asks for it.");
        if (options.Regions.Count > 1 && options.Regions.Contains("all")) throw new UsageException("--region all stands alone.");
        if (!options.AllRegions && options.Regions.FirstOrDefault(name => !Regions.IsKnown(name)) is { } name)
            throw new UsageException($"'{name}' is not a Region that this version knows, such as eu-central-1. --region all asks AWS which there are.");
        if (options.EndpointUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new UsageException($"'{url}' is not an endpoint URL, such as http://127.0.0.1:5000.");
        if (options.Outputs.FirstOrDefault(path => !Output.IsKnown(path)) is { } unknown) throw new UsageException($"'{unknown}': --output writes {Output.Valid}.");
        if (options is { FailOn: FailOn.New, Baseline: null }) throw new UsageException("--fail-on new needs --baseline: the report of the audit that knew the others.");
        if (options is { Demonstration: true, NamesAnAccount: true }) throw new UsageException("--demo stands alone: the demonstration accounts have their own Regions and credentials.");
    }

    private AuditOptions WithParameters(AuditOptions options, ParseResult result)
    {
        var given = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (definition, option) in parameters)
        {
            if (result.GetValue(option) is { } value) given[definition.Name] = value;
        }

        var role = options.RoleName is null ? [] : new[] { KeyValuePair.Create("executionRoleName", options.RoleName) };
        var json = JsonSerializer.Serialize(new Dictionary<string, string>(given.Concat(role)), AuditJson.Default.DictionaryStringString);
        return RuleParameters.TryParse(json, out var parsed, out var problem)
            ? options with
            {
                Parameters = parsed,
                GivenParameters = given,
                EffectiveParameters = parameters.ToDictionary(
                    parameter => parameter.Definition.Name,
                    parameter => given.GetValueOrDefault(parameter.Definition.Name) ?? parameter.Definition.Default ?? "none"),
            }
            : throw new UsageException(problem.Message.Replace("Rule parameter 'executionRoleName'", "--role-name", StringComparison.Ordinal));
    }

    private static string[] Split(string[]? values) =>
        [.. (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    private static Option<string[]> Several(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };

    private static Option<string> Choice(string name, string description, string otherwise, string[] valid) =>
        new Option<string>(name) { Description = description, DefaultValueFactory = _ => otherwise, HelpName = string.Join('|', valid) }.AcceptOnlyFromAmong(valid);

    private static Option<int> Number(string name, string description, int otherwise, int min, int max)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && (!int.TryParse(token.Value, out var number) || number < min || number > max))
                result.AddError($"{name} is '{token.Value}'; it must be a whole number {(max == int.MaxValue ? $"from {min}" : $"from {min} to {max}")}.");
        });
        return option;
    }

    private static string Kebab(string name) => Hump().Replace(name, letter => "-" + letter.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Hump();

    [GeneratedRegex(@"^[0-9]{12}\z")]
    private static partial Regex AccountId();
}
