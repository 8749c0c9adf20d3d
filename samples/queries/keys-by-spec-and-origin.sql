SELECT configuration.keySpec, configuration.origin, COUNT(*)
WHERE resourceType = 'AWS::KMS::Key'
  AND configuration.keyManager = 'CUSTOMER'
GROUP BY configuration.keySpec, configuration.origin
