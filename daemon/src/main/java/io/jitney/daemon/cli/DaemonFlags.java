package io.jitney.daemon.cli;

import io.jitney.daemon.flags.FlagException;
import io.jitney.daemon.flags.Quantity;
import io.jitney.tenancy.admission.Quota;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the flags of {@code jitney daemon}, without the command line's library: the daemon starts
 * without it. All problems are found at once.
 */
final class DaemonFlags {
  private static final int OFF = -1;
  private static final long LEAST_BUDGET = 1 << 20;

  /** How reading went. */
  sealed interface Result {}

  record Options(DaemonOptions options) implements Result {}

  /** A line for each problem; each names its flag. */
  record Rejected(List<String> problems) implements Result {}

  private final Map<DaemonFlag, String> given = new EnumMap<>(DaemonFlag.class);
  private final Map<DaemonFlag, String> names = new EnumMap<>(DaemonFlag.class);
  private final List<String> problems = new ArrayList<>();

  private DaemonFlags() {}

  /**
   * @param folder what relative paths mean
   */
  static Result parse(List<String> arguments, Map<String, String> environment, Path folder) {
    DaemonFlags flags = new DaemonFlags();
    for (DaemonFlag flag : DaemonFlag.values()) {
      String value = environment.get(flag.variable());
      if (value != null && !value.isEmpty()) {
        flags.set(flag, value, flag.variable());
      }
    }
    flags.read(arguments);
    DaemonOptions options = flags.options(folder);
    return flags.problems.isEmpty()
        ? new Options(options)
        : new Rejected(List.copyOf(flags.problems));
  }

  private void read(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      DaemonFlag flag = named(name);
      if (flag == null) {
        problems.add(name + " is not a flag of jitney daemon");
        if (equals < 0 && i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("-")) {
          i++; // most likely its value
        }
      } else if (equals >= 0) {
        set(flag, argument.substring(equals + 1), flag.flag());
      } else if (i + 1 < arguments.size()) {
        set(flag, arguments.get(++i), flag.flag());
      } else {
        problems.add(name + " needs a value: " + name + " " + flag.value());
      }
    }
  }

  private static @Nullable DaemonFlag named(String name) {
    for (DaemonFlag flag : DaemonFlag.values()) {
      if (flag.flag().equals(name)) {
        return flag;
      }
    }
    return null;
  }

  private void set(DaemonFlag flag, String value, String from) {
    given.put(flag, value);
    names.put(flag, from);
  }

  private String text(DaemonFlag flag) {
    return given.getOrDefault(flag, flag.byDefault());
  }

  private void wrong(DaemonFlag flag, String what) {
    problems.add(
        names.getOrDefault(flag, flag.flag()) + " " + what + ", not \"" + text(flag) + "\"");
  }

  private DaemonOptions options(Path folder) {
    return new DaemonOptions(
        hosts(DaemonFlag.HTTP_ADDRESS),
        port(DaemonFlag.HTTP_PORT),
        hosts(DaemonFlag.GRPC_ADDRESS),
        port(DaemonFlag.GRPC_PORT),
        text(DaemonFlag.ADMIN_ADDRESS),
        port(DaemonFlag.ADMIN_PORT),
        path(DaemonFlag.APPS, folder),
        path(DaemonFlag.POLICIES, folder),
        path(DaemonFlag.RESOURCES_PATH, folder),
        quota(),
        (int) number(DaemonFlag.EVENT_LOOPS, 1024),
        readBufferSize(),
        isolated(),
        memoryBudget());
  }

  private boolean isolated() {
    String value = text(DaemonFlag.ISOLATION);
    if (!value.equals("on") && !value.equals("off")) {
      wrong(DaemonFlag.ISOLATION, "must be on or off");
    }
    return !value.equals("off");
  }

  private List<String> hosts(DaemonFlag flag) {
    List<String> hosts = new ArrayList<>();
    for (String host : text(flag).split(",", -1)) {
      if (!host.isBlank()) {
        hosts.add(host.strip());
      }
    }
    if (hosts.isEmpty()) {
      wrong(flag, "must name a host at least");
    }
    return List.copyOf(hosts);
  }

  private int port(DaemonFlag flag) {
    if (text(flag).equals("off")) {
      return OFF;
    }
    try {
      int port = Integer.parseInt(text(flag));
      if (port >= OFF && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException notOne) {
      // Said below.
    }
    wrong(flag, "must be a port from 0 to 65535, or off");
    return OFF;
  }

  private @Nullable Path path(DaemonFlag flag, Path folder) {
    return text(flag).isEmpty() ? null : folder.resolve(text(flag)).normalize();
  }

  private long number(DaemonFlag flag, long most) {
    try {
      long number = Long.parseLong(text(flag));
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Said below.
    }
    wrong(flag, "must be a whole number from 0 to " + most);
    return 0;
  }

  private Quota quota() {
    double rate = 0;
    try {
      rate = Double.parseDouble(text(DaemonFlag.DEFAULT_RATE));
      if (rate < 0) {
        wrong(DaemonFlag.DEFAULT_RATE, "must be a number, 0 or more");
        rate = 0;
      }
    } catch (NumberFormatException notOne) {
      wrong(DaemonFlag.DEFAULT_RATE, "must be a number, 0 or more");
    }
    long burst = number(DaemonFlag.DEFAULT_BURST, 1_000_000_000);
    int inFlight = (int) number(DaemonFlag.DEFAULT_IN_FLIGHT, Integer.MAX_VALUE);
    try {
      return new Quota(rate, burst, inFlight);
    } catch (IllegalArgumentException wrong) {
      problems.add(
          String.valueOf(wrong.getMessage())
              .replace("ratePerSecond", DaemonFlag.DEFAULT_RATE.flag())
              .replace("burst is", DaemonFlag.DEFAULT_BURST.flag() + " is"));
      return Quota.UNLIMITED;
    }
  }

  private long memoryBudget() {
    if (text(DaemonFlag.MEMORY_BUDGET).equals("0")) {
      return 0;
    }
    try {
      long bytes = Quantity.bytes(text(DaemonFlag.MEMORY_BUDGET));
      if (bytes >= LEAST_BUDGET) {
        return bytes;
      }
    } catch (FlagException notOne) {
      // Said below.
    }
    wrong(DaemonFlag.MEMORY_BUDGET, "must be a size of 1Mi at least, such as 64Mi, or 0");
    return 0;
  }

  private int readBufferSize() {
    try {
      return Math.clamp(Quantity.bytes(text(DaemonFlag.READ_BUFFER_SIZE)), 1, 1 << 24);
    } catch (FlagException notOne) {
      wrong(DaemonFlag.READ_BUFFER_SIZE, "must be a size such as 4Ki or 64Ki");
      return 4096;
    }
  }
}
