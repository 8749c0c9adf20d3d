using System.Buffers;
using System.Text.Json;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Runtime;

/// <summary>
/// All log messages of the function: one JSON object per line, as in Lambda's JSON log format.
/// Result tokens, credentials and key policies are never passed to it.
/// </summary>
internal sealed class Log(Stream output, TimeProvider clock, bool metricsByRule = true)
{
    /// <summary>The one line that every invocation writes, in the CloudWatch embedded metric format.</summary>
    public void Finished(
        InvocationReport report,
        CallCounts counts,
        string requestId,
        TimeSpan duration,
        TimeSpan remaining) => Write("INFO", "Finished", requestId, json =>
    {
        json.WriteString("version", ProductVersion.Text);
        json.WriteString("RuleName", report.RuleName);
        json.WriteString("Trigger", report.IsSweep ? "Sweep" : "Change");
        if (report.AccountId is not null) json.WriteString("accountId", report.AccountId);
        if (report.Notification is not null) json.WriteString("notification", report.Notification);
        if (report.KeyId is not null) json.WriteString("keyId", report.KeyId);

        json.WriteStartObject("scenarios");
        foreach (var (scenario, count) in report.Tally.Verdicts.Scenarios) json.WriteNumber([scenario], count);
        json.WriteEndObject();
        json.WriteStartObject("calls");
        foreach (var (operation, count) in counts.Calls) json.WriteNumber(operation, count);
        json.WriteEndObject();

        var numbers = Metrics.All.Where(metric => report.IsSweep || metric != Metrics.SweepFinished).ToList();
        foreach (var number in numbers) json.WriteNumber(number, Value(number));

        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", Metrics.Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        foreach (var dimension in metricsByRule ? Metrics.Dimensions : Metrics.DimensionsWithoutRule) json.WriteStringValue(dimension);
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var metric in report is { IsSweep: true, Tally.IsComplete: false } ? numbers.Except(Metrics.Verdicts) : numbers)
        {
            json.WriteStartObject();
            json.WriteString("Name", metric);
            json.WriteString("Unit", Metrics.Unit(metric));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        long Value(string metric) => metric switch
        {
            Metrics.KmsCalls => counts.Of("kms:"),
            Metrics.ConfigCalls => counts.Of("config:"),
            Metrics.CloudFormationCalls => counts.Of("cloudformation:"),
            Metrics.StsCalls => counts.Of("sts:"),
            Metrics.Throttles => counts.Throttled,
            Metrics.Duration => (long)duration.TotalMilliseconds,
            Metrics.RemainingTime => (long)remaining.TotalMilliseconds,
            Metrics.Failed => report.Failure is null ? 0 : 1,
            Metrics.SweepFinished => report.Failure is null ? 1 : 0,
            _ => Metrics.CountOf(report.Tally, metric),
        };
    });

    /// <summary>The invocation failed. The same error is posted to the Runtime API.</summary>
    public void Failed(Exception exception, string requestId) => Write("ERROR", "Failed", requestId, json =>
    {
        json.WriteString("errorType", exception.GetType().Name);
        json.WriteString("errorMessage", AwsFailure.MessageOf(exception));
        if (exception is ProblemException) return;
        json.WriteString("stackTrace", exception.StackTrace);
        if (exception.InnerException is null) return;
        json.WriteStartArray("innerErrorTypes");
        foreach (var inner in InnerError.Chain(InnerError.Of(exception.InnerException))) json.WriteStringValue(inner.ErrorType);
        json.WriteEndArray();
    });

    private void Write(string level, string message, string requestId, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", clock.GetUtcNow().UtcDateTime);
            json.WriteString("level", level);
            json.WriteString("message", message);
            json.WriteString("requestId", requestId);
            fields(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        output.Write(buffer.WrittenSpan);
        output.Flush();
    }
}
