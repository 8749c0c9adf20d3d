namespace Amazon.Lambda.Core;

/// <summary>The mobile application that invoked the function: never there when AWS Config is the caller, so no member of it is needed.</summary>
/// <remarks>Name: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.Core/IClientContext.cs.</remarks>
internal interface IClientContext;
