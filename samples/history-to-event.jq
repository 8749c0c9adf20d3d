# Makes a Config event of the newest item that "aws configservice get-resource-config-history" printed. The history API writes JSON as text, and names some
# fields in another way than a notification does.
def decoded: . as $text | try fromjson catch $text;

.configurationItems[0]
| . as $item
| ($item.arn | split(":")) as $arn
| {
    version: "1.0",
    invokingEvent: ({
      configurationItemDiff: null,
      configurationItem: (
        ($item | del(.arn, .accountId, .version, .configurationItemMD5Hash)) + {
          ARN: $item.arn,
          awsAccountId: $item.accountId,
          configurationItemVersion: $item.version,
          configurationStateMd5Hash: $item.configurationItemMD5Hash,
          configuration: ($item.configuration | if . == null then null else decoded end),
          supplementaryConfiguration: (($item.supplementaryConfiguration // {}) | map_values(decoded))
        }),
      notificationCreationTime: $item.configurationItemCaptureTime,
      messageType: "ConfigurationItemChangeNotification",
      recordVersion: $item.version
    } | tojson),
    ruleParameters: "{}",
    resultToken: "TESTMODE",
    eventLeftScope: false,
    executionRoleArn: "arn:\($arn[1]):iam::\($item.accountId):role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
    configRuleArn: "arn:\($arn[1]):config:\($item.awsRegion):\($item.accountId):config-rule/config-rule-sample",
    configRuleName: "kms-key-rotation",
    configRuleId: "config-rule-sample",
    accountId: $item.accountId,
    evaluationMode: "DETECTIVE"
  }
