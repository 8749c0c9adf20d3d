# The audit as it is usually written with boto3: one call after the other. Prints how many keys it looked at and how long that took.
import itertools
import json
import sys
import time

import boto3

keys = int(sys.argv[1])
kms = boto3.client("kms", region_name="eu-central-1")
started = time.monotonic()
seen = 0
listed = itertools.chain.from_iterable(page["Keys"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1000}))
for key in itertools.islice(listed, keys):
    metadata = kms.describe_key(KeyId=key["KeyArn"])["KeyMetadata"]
    seen += 1
    if (
        metadata["KeyManager"] == "CUSTOMER"
        and metadata["KeySpec"] == "SYMMETRIC_DEFAULT"
        and metadata["Origin"] == "AWS_KMS"
        and metadata["KeyState"] == "Enabled"
    ):
        kms.get_key_rotation_status(KeyId=key["KeyArn"])
print(json.dumps({"Keys": seen, "Seconds": time.monotonic() - started}))
