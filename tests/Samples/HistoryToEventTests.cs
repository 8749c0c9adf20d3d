using KeyRotation.Tests.Deployment;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Samples;

/// <summary>samples/history-to-event.jq, run as in samples/local/README.md.</summary>
internal sealed class HistoryToEventTests
{
    // The output of AWS CLI version 2: JSON as text, text encoded twice, times in ISO 8601.
    private const string History = """
        {
          "configurationItems": [
            {
              "version": "1.3",
              "accountId": "111122223333",
              "configurationItemCaptureTime": "2026-03-17T09:41:26.318000+00:00",
              "configurationItemStatus": "OK",
              "configurationStateId": "1773740486318",
              "configurationItemMD5Hash": "",
              "arn": "arn:aws-cn:kms:cn-north-1:111122223333:key/2f0c7f4e-6d8a-4b59-9b57-0f3a1c2d4e5f",
              "resourceType": "AWS::KMS::Key",
              "resourceId": "2f0c7f4e-6d8a-4b59-9b57-0f3a1c2d4e5f",
              "awsRegion": "cn-north-1",
              "configuration": "{\"keyManager\":\"CUSTOMER\",\"keySpec\":\"SYMMETRIC_DEFAULT\",\"origin\":\"AWS_KMS\",\"keyState\":\"Enabled\"}",
              "supplementaryConfiguration": {
                "Policy": "\"{\\\"Version\\\":\\\"2012-10-17\\\"}\"",
                "KeyRotationStatus": "false",
                "Tags": "[{\"tagKey\":\"team\",\"tagValue\":\"orders\"}]"
              }
            }
          ]
        }
        """;

    [Test]
    public void Rule_reads_the_converted_event()
    {
        var invocation = Invocation.Of(Events.Of(Run(History)), "cn-north-1");
        var key = ((Notification.Change)invocation.Notification).Key.Key;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(invocation.ResultToken, Is.EqualTo("TESTMODE"));
            Assert.That(invocation.Place, Is.EqualTo(new AccountRegion("aws-cn", "cn-north-1", "111122223333")));
            Assert.That(key.MissingFact, Is.Null);
            Assert.That(key.RecordedRotationStatus, Is.False);
            Assert.That(key.Tags, Is.EqualTo(new Dictionary<string, string> { ["team"] = "orders" }));
        }
    }

    [Test]
    public void Deleted_key_is_recognized()
    {
        var deleted = History.Replace("\"OK\"", "\"ResourceDeleted\"", StringComparison.Ordinal);
        deleted = deleted[..deleted.IndexOf("\"configuration\":", StringComparison.Ordinal)] + "\"configuration\": \"null\", \"supplementaryConfiguration\": {} } ] }";
        var invocation = Invocation.Of(Events.Of(Run(deleted)), "cn-north-1");
        Assert.That(((Notification.Change)invocation.Notification).Key.Key.IsGone, Is.True);
    }

    private static string Run(string input) => Tool.Jq.Run(input, "-f", "samples/history-to-event.jq");
}
