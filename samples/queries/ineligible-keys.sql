SELECT configuration.keySpec, configuration.origin, configuration.keyState, COUNT(*)
WHERE resourceType = 'AWS::KMS::Key'
  AND configuration.keyManager = 'CUSTOMER'
  AND (NOT (configuration.keySpec = 'SYMMETRIC_DEFAULT')
    OR NOT (configuration.origin = 'AWS_KMS')
    OR configuration.keyState IN ('PendingDeletion', 'PendingReplicaDeletion', 'Disabled'))
GROUP BY configuration.keySpec, configuration.origin, configuration.keyState
