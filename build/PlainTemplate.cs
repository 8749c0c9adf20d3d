#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property GenerateDocumentationFile=false

// Usage: dotnet run build/PlainTemplate.cs -- ZIP RUNTIME ARCHITECTURE
// Writes template.yaml as plain CloudFormation, to deploy this zip: the one serverless resource becomes an AWS::Lambda::Function, whose
// code is in the bucket CodeBucket, and Runtime and Architecture have the zip's as defaults. Comments are left out, so that it stays below
// the size of a template body. What it does not know of SAM it refuses. tests/Deployment/PlainTemplateTests.cs compares it with what the
// SAM translator makes.
const string Function = "KeyRotationFunction";
string[] same =
[
    "FunctionName", "Description", "Handler", "Runtime", "Architectures", "MemorySize", "Timeout", "ReservedConcurrentExecutions", "Role", "VpcConfig",
    "LoggingConfig", "Environment",
];
var (zip, runtime, architecture) = (Path.GetFileName(args[0]), args[1], args[2]);
var lines = WithoutComments(File.ReadAllLines("template.yaml"));

Remove("Transform:");
Remove("  AWS::ServerlessRepo::Application:");
MakeLambdaFunction(Block($"  {Function}:"));
SetDefault("Runtime", runtime);
SetDefault("Architecture", architecture);
InsertAfter("Parameters:", $"""
      CodeBucket:
        Type: String
        AllowedPattern: ^[a-z0-9][a-z0-9.-]+$
        ConstraintDescription: The name of a bucket.
        Description: Bucket of the function's zip, in the Region of the stack.
      CodeKey:
        Type: String
        Default: {zip}
        MinLength: 1
        Description: Name of the zip in the bucket. It has the zip's hash in it, so another zip is another name, and an update of the stack.
    """);
InsertAfter("    ParameterGroups:", """
          - Label: { default: The function's code }
            Parameters: [CodeBucket, CodeKey]
    """);
InsertAfter("    ParameterLabels:", """
          CodeBucket: { default: Bucket of the code }
          CodeKey: { default: Zip in the bucket }
    """);
if (lines.Find(line => line.Contains("AWS::Serverless::", StringComparison.Ordinal)) is { } left) throw new NotSupportedException($"Still there: {left.Trim()}");
Console.Write(string.Concat(lines.Select(line => line + '\n')));

void MakeLambdaFunction((int Start, int End) function)
{
    for (var index = function.End - 1; index > function.Start; index--)
    {
        var line = lines[index];
        if (Indent(line) == 4 && line is not ("    Type: AWS::Serverless::Function" or "    Metadata:" or "    Properties:"))
            throw new NotSupportedException($"{Function} has an attribute that is not known here: {line.Trim()}");
        if (line == "    Type: AWS::Serverless::Function") lines[index] = "    Type: AWS::Lambda::Function";
        if (line is "    Metadata:" or "      BuildMethod: makefile") lines.RemoveAt(index);
        if (Indent(line) != 6 || line == "      BuildMethod: makefile") continue;
        var property = line.Trim().Split(':')[0];
        switch (property)
        {
            case "CodeUri":
                lines[index] = "      Code: { S3Bucket: !Ref CodeBucket, S3Key: !Ref CodeKey }";
                break;
            case "Tracing":
                lines[index] = $"      TracingConfig: {{ Mode: {line.Split(": ", 2)[1]} }}";
                break;
            default:
                if (!same.Contains(property)) throw new NotSupportedException($"{Function} has a property that is not known here: {property}");
                break;
        }
    }
}

void SetDefault(string parameter, string value)
{
    var (start, end) = Block($"  {parameter}:");
    lines[lines.FindIndex(start, end - start, line => line.StartsWith("    Default: ", StringComparison.Ordinal))] = $"    Default: {value}";
}

void InsertAfter(string line, string text) => lines.InsertRange(Block(line).Start + 1, text.Split('\n'));

void Remove(string line)
{
    var (start, end) = Block(line);
    lines.RemoveRange(start, end - start);
}

// The line that starts so, and the deeper ones after it. It is the only one, or the template is another than this program knows.
(int Start, int End) Block(string line)
{
    var start = lines.FindIndex(candidate => candidate == line || candidate.StartsWith(line + ' ', StringComparison.Ordinal));
    if (start < 0) throw new NotSupportedException($"template.yaml has no line '{line}'");
    var end = lines.FindIndex(start + 1, candidate => candidate.Length > 0 && Indent(candidate) <= Indent(line));
    return (start, end < 0 ? lines.Count : end);
}

// A line of a text (|- or >-) that starts with # is none.
static List<string> WithoutComments(string[] written)
{
    var kept = new List<string>();
    var text = int.MaxValue;
    foreach (var line in written)
    {
        if (line.Length > 0 && Indent(line) <= text) text = int.MaxValue;
        if (text == int.MaxValue && line.TrimStart().StartsWith('#')) continue;
        var startsText = line.EndsWith("|-", StringComparison.Ordinal) || line.EndsWith(">-", StringComparison.Ordinal);
        if (text == int.MaxValue && startsText) text = Indent(line);
        kept.Add(line);
    }

    return kept;
}

static int Indent(string line) => line.Length - line.TrimStart().Length;
