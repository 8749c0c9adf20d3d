# Reads [[service, region, fips, dualstack], ...], and prints the endpoint of each by the published endpoint rules in botocore, or null.
import json
import sys

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

loader = botocore.session.get_session().get_component("data_loader")
partitions = loader.load_data("partitions")


def endpoint(service, region, fips, dualstack):
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    try:
        return EndpointProvider(rules, partitions).resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack).url
    except EndpointProviderError:
        return None


print(json.dumps([endpoint(*row) for row in json.load(sys.stdin)]))
