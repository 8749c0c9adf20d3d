using System.Text.Json;
using System.Text.RegularExpressions;

namespace KeyRotation.Audit;

/// <summary>Account ids from a file or a pipe: words, or the JSON of <c>aws organizations list-accounts</c>.</summary>
internal static partial class AccountList
{
    /// <exception cref="UsageException">There are none, or it cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path, TextReader input)
    {
        string text;
        try
        {
            text = path == "-" ? input.ReadToEnd() : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--accounts-from: {e.Message}");
        }

        var ids = text.TrimStart() is ['{' or '[', ..] ? OfJson(path, text) : Words().Split(text).Where(word => word.Length > 0);
        return ids.Distinct().ToList() is { Count: > 0 } some ? some : throw new UsageException($"--accounts-from: {path} names no account.");
    }

    private static List<string> OfJson(string path, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var accounts = json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.GetProperty("Accounts") : json.RootElement;

            // An account that is suspended or being closed refuses every call.
            return
            [
                .. accounts.EnumerateArray()
                    .Where(account => account.ValueKind == JsonValueKind.String
                        || !account.TryGetProperty("Status", out var status)
                        || status.GetString() == "ACTIVE")
                    .Select(account => (account.ValueKind == JsonValueKind.String ? account : account.GetProperty("Id")).GetString()!),
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UsageException($"--accounts-from: {path} is not the JSON of `aws organizations list-accounts`.");
        }
    }

    [GeneratedRegex(@"[\s,""]+")]
    private static partial Regex Words();
}
