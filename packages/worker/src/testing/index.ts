export { type CertificateOptions, TestAuthority, type TestCertificate } from "./certificates.ts";
export { Mailbox } from "./mailbox.ts";
export {
  type HandlerRun,
  type LeftResult,
  type RunHandlerOptions,
  runHandler,
} from "./run-handler.ts";
export { ended, isRunning } from "./running.ts";
export { type ReceivedDownload, type ReceivedUpload, ScriptedServer, ScriptedStream } from "./scripted-server.ts";
export { silentLogger, startServer, startTestWorker } from "./start.ts";
