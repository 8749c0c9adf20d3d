using System.Text;

namespace KeyRotation.Tests.Runtime;

internal sealed class InvocationErrorTests
{
    private static readonly InvalidOperationException Bug = new("a\nbug ä", new HttpRequestException("secret", new IOException("secret")));

    [Test]
    public void Inner_exceptions_are_sent_by_name_only() => Assert.That(
        Encoding.UTF8.GetString(InvocationError.Of(Bug).ToJson()),
        Is.EqualTo("""{"errorType":"InvalidOperationException","errorMessage":"a\nbug \u00E4","stackTrace":[],"cause":{"errorType":"HttpRequestException","cause":{"errorType":"IOException"}}}"""));

    /// <summary>The cause is sent as the value of a header.</summary>
    [Test]
    public void X_Ray_cause_is_one_ASCII_line_without_secrets() => Assert.That(
        InvocationError.Of(Bug).XRayCause("/var/task"),
        Is.EqualTo("""{"working_directory":"/var/task","exceptions":[{"type":"InvalidOperationException","message":"a\nbug \u00E4","stack":[]},{"type":"HttpRequestException"},{"type":"IOException"}],"paths":[]}"""));

    [TestCase(InvocationError.MaxXRayCauseLength, true)]
    [TestCase(InvocationError.MaxXRayCauseLength + 1, false)]
    public void X_Ray_cause_over_one_megabyte_is_not_sent(int length, bool isSent)
    {
        var rest = InvocationError.Of(new InvalidOperationException("")).XRayCause("/")!.Length;
        var error = InvocationError.Of(new InvalidOperationException(new string('x', length - rest)));
        Assert.That(error.XRayCause("/"), isSent ? Has.Length.EqualTo(length) : Is.Null);
    }
}
