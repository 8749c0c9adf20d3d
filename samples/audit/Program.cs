using System.Runtime.InteropServices;
using KeyRotation.Audit;

using var stop = new CancellationTokenSource();

// The first Ctrl-C ends the audit and reports the results so far; the second one ends the program.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return await Application.RunAsync(args, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
