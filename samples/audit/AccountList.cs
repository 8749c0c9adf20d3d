using System.Text.Json;

namespace KeyRotation.Audit;

/// <summary>
/// Reads account IDs from a file or standard input: as words, as a JSON array, or as the output of <c>aws organizations list-accounts</c>.
/// </summary>
internal static class AccountList
{
    /// <exception cref="UsageException">The input cannot be read, or names no account.</exception>
    public static IReadOnlyList<string> Read(string path, TextReader input)
    {
        try
        {
            var text = path == "-" ? input.ReadToEnd() : File.ReadAllText(path);
            var ids = text.TrimStart() is ['{' or '[', ..] ? OfJson(text) : Words(text);
            return ids.Length > 0 ? ids : throw new UsageException($"--accounts-from: {path} names no account.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--accounts-from: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UsageException($"--accounts-from: {path} is not the JSON of `aws organizations list-accounts`.");
        }
    }

    private static string[] OfJson(string text)
    {
        using var json = JsonDocument.Parse(text);
        var accounts = json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.GetProperty("Accounts") : json.RootElement;

        // An account that is suspended or being closed rejects every call.
        return
        [
            .. accounts.EnumerateArray()
                .Where(account => account.ValueKind == JsonValueKind.String
                    || !account.TryGetProperty("Status", out var status)
                    || status.GetString() == "ACTIVE")
                .Select(account => (account.ValueKind == JsonValueKind.String ? account : account.GetProperty("Id")).GetString()!),
        ];
    }

    private static string[] Words(string text) =>
        text.Replace(',', ' ').Replace('"', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
