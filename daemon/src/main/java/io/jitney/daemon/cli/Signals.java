package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlSignal;
import java.util.function.Consumer;
import sun.misc.Signal;

/** The process's signals, taken over from the JVM so that exit codes are daprd's. */
final class Signals {
  private Signals() {}

  /** Gives SIGTERM, SIGINT and SIGHUP to {@code receiver}, on a thread of the JVM; SIGUSR1 is ignored, as by daprd. */
  static void toStop(Consumer<ControlSignal> receiver) {
    for (ControlSignal signal : ControlSignal.values()) {
      Signal.handle(new Signal(signal.name()), got -> receiver.accept(signal));
    }
    Signal.handle(new Signal("USR1"), got -> {});
  }
}
