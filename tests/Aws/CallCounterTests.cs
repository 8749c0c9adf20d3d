namespace KeyRotation.Tests.Aws;

internal sealed class CallCounterTests
{
    [Test]
    public void Counts_calls_since_an_earlier_count()
    {
        var counter = new CallCounter();
        counter.Sent(IamActions.ListKeys);
        counter.Sent(IamActions.DescribeKey);
        counter.Throttled();
        var earlier = counter.Counts;
        counter.Sent(IamActions.DescribeKey);
        counter.Throttled();
        counter.Throttled();

        var counts = counter.Counts.Since(earlier);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Calls, Is.EqualTo(new Dictionary<string, long> { [IamActions.DescribeKey] = 1 }));
            Assert.That(counts.Throttled, Is.EqualTo(2));
        }
    }
}
