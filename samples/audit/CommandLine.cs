using System.CommandLine;
using System.Text.Json;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>Parses the command line. The rule's parameters are options too, and are checked by the rule's own code.</summary>
internal static class CommandLine
{
    private static readonly string[] FailOns = Array.ConvertAll(Enum.GetNames<FailOn>(), JsonNamingPolicy.CamelCase.ConvertName);

    /// <summary>
    /// The rule parameters that affect verdicts. The others are not options: nothing is reported to AWS Config, so report has no use, and
    /// --role-name replaces executionRoleName.
    /// </summary>
    public static readonly IReadOnlyList<RuleParameters.Definition> Parameters =
        [.. RuleParameters.Definitions.Where(definition => definition.Name is not ("report" or "executionRoleName"))];

    /// <param name="input">Standard input, from which account IDs can be read.</param>
    private static Setting[] Settings(TextReader input) =>
    [
        Text("--profile", "name", "Profile of the AWS configuration files. Without it: environment variables, and the other places where AWS tools look.", (options, name) => options with { Profile = name }),
        Several("--region", "name,…|all", "One Region, several (separated by commas, or the option repeated), or all that are enabled.", (options, names) => options with { Regions = Split(names) }),
        Text("--role-name", "name", "Role to assume in each account: a name, or path/name.", (options, name) => options with { RoleName = name }),
        Several("--accounts", "id,…", "Account IDs, with --role-name.", (options, ids) => options with { Accounts = Split(ids) }),
        Text("--accounts-from", "file|-", "File with account IDs, or with the output of aws organizations list-accounts; - is standard input.", (options, path) => options with { Accounts = [.. options.Accounts.Union(AccountList.Read(path, input))] }),
        Text("--external-id", "id", "External ID that the trust policies of the roles require.", (options, id) => options with { ExternalId = id }),
        Text("--endpoint-url", "url", "Endpoint that replaces AWS's, such as moto or LocalStack.", (options, url) => options with { EndpointUrl = url }),
        Several("--output", "file|-", $"Report to write; the extension selects the format: {Output.Valid}. Can be repeated; - is standard output.", (options, paths) => options with { Outputs = paths }),
        Choice("--format", "json", Output.Names, "Kind of report that --output - writes.", (options, format) => options with { Format = format }),
        Text("--baseline", "file", "Report (.json) of an earlier audit: show what changed since. It must cover the same accounts and Regions.", (options, path) => options with { Baseline = path }),
        Choice("--fail-on", "any", FailOns, "Findings that give exit code 3: any; new, those that --baseline does not have; none.", (options, which) => options with { FailOn = Enum.Parse<FailOn>(which, ignoreCase: true) }),
        Flag("--with-tags", "Read and report the tags of customer keys: one more call per key.", (options, on) => options with { WithTags = on }),
        Flag("--with-rotations", "Read and report the rotations that happened: one more call per key that can be rotated, 50 per second.", (options, on) => options with { WithRotations = on }),
        Flag("--with-last-use", $"Read and report when findings were last used, to see what to fix first: the first {PlaceAudit.MaxLastUses} of each account and Region, two or three a second.", (options, on) => options with { WithLastUse = on }),
        Number("--quota-percent", 50, 1, 100, "Share of KMS's request quotas to use, 1 to 100; production shares them.", (options, share) => options with { QuotaPercent = share }),
        Number("--parallelism", 64, 1, 256, "Parallel requests in each account and Region, 1 to 256.", (options, requests) => options with { Parallelism = requests }),
        Number("--rows", 25, 0, int.MaxValue, "Findings that a terminal shows; 0 shows all.", (options, rows) => options with { Rows = rows }),
        Flag("--demo", "Audit made-up accounts: no AWS, no credentials.", (options, on) => options with { Demonstration = on }),
        Flag("--quiet", "Print problems only; the exit code and the reports say the rest.", (options, on) => options with { Quiet = on }, "-q"),
        Flag("--no-color", "No colors; the environment variable NO_COLOR does the same.", (options, on) => options with { NoColor = on }),
        .. Parameters.Select(parameter => Text(
            "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(parameter.Name),
            "value",
            $"Rule parameter {parameter.Name}: {parameter.Valid}.",
            (options, value) => options with { GivenParameters = options.GivenParameters.SetItem(parameter.Name, value) },
            "--" + parameter.Name)),
    ];

    /// <summary>Returns the options, or null if the command line requests the help or the version, which is then printed.</summary>
    /// <exception cref="UsageException">The command line is wrong.</exception>
    public static AuditOptions? Parse(string[] args, TextReader input, TextWriter help)
    {
        var command = new RootCommand(
            "Audits the key rotation of AWS accounts with the rule's own verdicts, and writes nothing to AWS. --demo shows it without an account.\n\n"
            + "Exit codes: 0 no finding that --fail-on counts; 3 at least one; 1 the audit could not be completed; 2 wrong usage.");
        var settings = Settings(input);
        foreach (var setting in settings) command.Options.Add(setting.Option);
        var result = command.Parse(args);
        if (result.Errors is [var error, ..]) throw new UsageException($"{error.Message.TrimEnd('.')}. --help lists all options.");
        if (result.Action is not null)
        {
            result.Invoke(new InvocationConfiguration { Output = help });
            return null;
        }

        var options = settings.Aggregate(new AuditOptions(), (options, setting) => setting.Apply(options, result));
        Check(options);
        return WithParameters(options);
    }

    private static void Check(AuditOptions options)
    {
        if (options is { Accounts.Count: > 0, RoleName: null }) throw new UsageException("--accounts needs --role-name: the role to assume in each account.");
        if (options.Accounts.FirstOrDefault(account => account.Length != 12 || !account.All(char.IsAsciiDigit)) is { } account)
            throw new UsageException($"'{account}' is not an account ID; it must be 12 digits.");
        if (options is { ExternalId: not null, RoleName: null }) throw new UsageException("--external-id needs --role-name: the role whose trust policy requires it.");
        if (options.Regions.Count > 1 && options.Regions.Contains("all")) throw new UsageException("--region all cannot be combined with other Regions.");
        if (!options.AllRegions && options.Regions.FirstOrDefault(name => !Regions.IsKnown(name)) is { } name)
            throw new UsageException($"'{name}' is not a Region that this version knows, such as eu-central-1. --region all asks AWS which Regions are enabled.");
        if (options.EndpointUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new UsageException($"'{url}' is not an endpoint URL, such as http://127.0.0.1:5000.");
        if (options.Outputs.FirstOrDefault(path => !Output.IsKnown(path)) is { } unknown) throw new UsageException($"'{unknown}': --output writes {Output.Valid}.");
        if (options is { FailOn: FailOn.New, Baseline: null }) throw new UsageException("--fail-on new needs --baseline: the report of an earlier audit.");
        if (options is { Demonstration: true, NamesAnAccount: true }) throw new UsageException("--demo cannot be combined with options that name accounts, Regions or credentials: the demonstration accounts have their own.");
    }

    private static AuditOptions WithParameters(AuditOptions options)
    {
        var values = new Dictionary<string, string>(options.GivenParameters);
        if (options.RoleName is { } role) values["executionRoleName"] = role;
        var json = JsonSerializer.Serialize(values, AuditJson.Default.IReadOnlyDictionaryStringString);
        return RuleParameters.TryParse(json, out var parameters, out var problem)
            ? options with { Parameters = parameters }
            : throw new UsageException(problem.Message.Replace("Rule parameter 'executionRoleName'", "--role-name", StringComparison.Ordinal));
    }

    private static string[] Split(string[] values) =>
    [
        .. values
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct(),
    ];

    private static Setting Text(
        string name, string helpName, string description, Func<AuditOptions, string, AuditOptions> with, params string[] aliases) =>
        Of(new Option<string>(name, aliases) { Description = description, HelpName = helpName }, with);

    private static Setting Several(string name, string helpName, string description, Func<AuditOptions, string[], AuditOptions> with) => Of(
        new Option<string[]>(name)
        {
            Description = description,
            HelpName = helpName,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        },
        with);

    private static Setting Choice(
        string name, string otherwise, string[] valid, string description, Func<AuditOptions, string, AuditOptions> with)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.HelpName = string.Join('|', valid);
        return Of(option.AcceptOnlyFromAmong(valid), with);
    }

    private static Setting Flag(string name, string description, Func<AuditOptions, bool, AuditOptions> with, params string[] aliases) =>
        Of(new Option<bool>(name, aliases) { Description = description }, with);

    private static Setting Number(
        string name, int otherwise, int min, int max, string description, Func<AuditOptions, int, AuditOptions> with)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && (!int.TryParse(token.Value, out var number) || number < min || number > max))
                result.AddError($"{name} is '{token.Value}'; it must be a whole number {(max == int.MaxValue ? $"from {min}" : $"from {min} to {max}")}.");
        });
        return Of(option, with);
    }

    private static Setting Of<T>(Option<T> option, Func<AuditOptions, T, AuditOptions> with) =>
        new(option, (options, result) => result.GetValue(option) is { } value ? with(options, value) : options);

    /// <summary>An option, and the function that applies its value.</summary>
    private sealed record Setting(Option Option, Func<AuditOptions, ParseResult, AuditOptions> Apply);
}
