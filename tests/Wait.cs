namespace KeyRotation.Tests;

/// <summary>Waits until a condition is true. If it is not true within 30 seconds, the test fails.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(5, limit.Token);
    }
}
