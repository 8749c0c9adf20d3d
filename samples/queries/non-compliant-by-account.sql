SELECT accountId, awsRegion, COUNT(*)
WHERE resourceType = 'AWS::Config::ResourceCompliance'
  AND configuration.targetResourceType = 'AWS::KMS::Key'
  AND configuration.configRuleList.configRuleName LIKE 'kms-key-rotation%'
  AND configuration.configRuleList.complianceType = 'NON_COMPLIANT'
GROUP BY accountId, awsRegion
