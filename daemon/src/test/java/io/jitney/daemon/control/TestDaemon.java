package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/** A control socket in a process of its own, to be killed: greets each launcher and then waits. */
final class TestDaemon {
  private TestDaemon() {}

  public static void main(String[] args) throws Exception {
    RecordingHandler handler =
        new RecordingHandler() {
          @Override
          public void open(OpenRequest request, LauncherSession session) {
            session.stdout("served\n".getBytes(UTF_8));
          }
        };
    try (ControlSocket socket =
        ControlSocket.open(new ControlPath(Path.of(args[0]), true), handler)) {
      System.out.println("listening at " + socket.path());
      Thread.sleep(60_000);
    }
  }

  static Process start(Path socket) throws Exception {
    Process daemon =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                TestDaemon.class.getName(),
                socket.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = daemon.inputReader().readLine();
    if (line == null || !line.startsWith("listening")) {
      throw new IllegalStateException("the daemon did not start: " + line);
    }
    return daemon;
  }
}
