package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlSignal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The process's signals, taken over from the JVM so that exit codes are daprd's. The JDK offers
 * that in {@code sun.misc.Signal} alone, which javac refuses to see without a warning that nothing
 * silences; hence the reflection.
 */
final class Signals {
  private Signals() {}

  /**
   * Gives SIGTERM, SIGINT and SIGHUP to {@code receiver}, on a thread of the JVM; SIGUSR1 is
   * ignored, as by daprd.
   */
  static void toStop(Consumer<ControlSignal> receiver) {
    try {
      for (ControlSignal signal : ControlSignal.values()) {
        handle(signal.name(), () -> receiver.accept(signal));
      }
      handle("USR1", () -> {});
    } catch (ReflectiveOperationException gone) {
      throw new IllegalStateException("this JDK gives no access to signals", gone);
    }
  }

  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(), new Class<?>[] {handler}, onHandle(action));
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }

  private static InvocationHandler onHandle(Runnable action) {
    return (proxy, method, arguments) -> {
      if (method.getName().equals("handle")) {
        action.run();
        return null;
      }
      return objectMethod(proxy, method.getName(), arguments);
    };
  }

  private static Object objectMethod(Object proxy, String name, Object @Nullable [] arguments) {
    return switch (name) {
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && arguments[0] == proxy;
      default -> "signal handler";
    };
  }
}
