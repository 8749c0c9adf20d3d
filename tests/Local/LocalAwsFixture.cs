using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Local;

/// <summary>A local AWS with one account, new for every test. Its clock stands still unless a test moves it on.</summary>
internal abstract class LocalAwsFixture
{
    protected FakeTimeProvider Clock { get; private set; } = null!;

    protected LocalAws Aws { get; private set; } = null!;

    protected LocalAccount Account { get; private set; } = null!;

    [SetUp]
    public async Task StartAws()
    {
        Clock = new(DateTimeOffset.UtcNow);
        Aws = new LocalAws(Clock);
        Account = Aws.Add(new LocalAccount());
        await Aws.StartAsync();
    }

    [TearDown]
    public async Task StopAws() => await Aws.DisposeAsync();
}
