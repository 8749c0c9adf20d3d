using KeyRotation.Local;

return await CommandLine.RunAsync(args);
