SELECT configuration.targetResourceId, accountId, awsRegion, configurationItemCaptureTime
WHERE resourceType = 'AWS::Config::ResourceCompliance'
  AND configuration.targetResourceType = 'AWS::KMS::Key'
  AND configuration.configRuleList.configRuleName LIKE 'kms-key-rotation%'
  AND configuration.configRuleList.complianceType = 'NON_COMPLIANT'
ORDER BY accountId, awsRegion
