using System.Net;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace Amazon.CloudFormation.Internal;

/// <summary>The wire format of the operation, AWS query: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html.</summary>
/// <remarks>
/// Read from the service model: botocore, data/cloudformation/2010-05-15/service-2.json. The operation declares no errors.
/// </remarks>
internal static class DescribeStackResources
{
    internal sealed class Request : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var request = new DefaultRequest(input, "Amazon.CloudFormation") { HttpMethod = "POST" };
            request.Parameters.Add("Action", "DescribeStackResources");
            request.Parameters.Add("Version", "2010-05-15");
            if (((DescribeStackResourcesRequest)input).PhysicalResourceId is { } id)
                request.Parameters.Add("PhysicalResourceId", id);
            request.ContentStream = AWSSDKUtils.WriteParametersToPooledStream(request);
            return request;
        }
    }

    internal sealed class Response : XmlResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
        {
            var response = new DescribeStackResourcesResponse();
            while (input.Read())
            {
                if (!input.IsStartElement)
                    continue;
                if (input.TestExpression("StackResources/member"))
                    (response.StackResources ??= []).Add(new StackResource());
                else if (input.TestExpression("StackResources/member/LogicalResourceId"))
                    response.StackResources![^1].LogicalResourceId = input.ReadText();
                else if (input.TestExpression("StackResources/member/PhysicalResourceId"))
                    response.StackResources![^1].PhysicalResourceId = input.ReadText();
                else if (input.TestExpression("StackResources/member/ResourceStatus"))
                    response.StackResources![^1].ResourceStatus = input.ReadText();
                else if (input.TestExpression("StackResources/member/ResourceType"))
                    response.StackResources![^1].ResourceType = input.ReadText();
                else if (input.TestExpression("StackResources/member/StackName"))
                    response.StackResources![^1].StackName = input.ReadText();
                else if (input.TestExpression("ResponseMetadata/RequestId"))
                    response.ResponseMetadata = new ResponseMetadata { RequestId = input.ReadText() };
            }

            return response;
        }

        public override AmazonServiceException UnmarshallException(
            XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
        {
            var error = XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(input);
            return new AmazonCloudFormationException(error.Message, innerException, error.Type, error.Code, error.RequestId, statusCode);
        }
    }
}
