package io.jitney.daemon.wake;

import java.util.concurrent.TimeUnit;

/**
 * When an app may be woken: not while it is there or coming, not before the cooldown is over, later
 * after each failure, and not at all after too many. Knows no clock: times are nanoseconds from
 * anywhere. Not thread-safe.
 */
final class WakeTurns {
  /** What an app is doing, as far as waking goes. */
  enum Phase {
    ASLEEP("sleeping"),
    WAKING("waking"),
    AWAKE("running"),
    GIVEN_UP("failed");

    private final String word;

    Phase(String word) {
      this.word = word;
    }

    /** As commands print it. */
    String word() {
      return word;
    }
  }

  /** An app that goes sooner than this after it came has failed to start. */
  private static final long STABLE = TimeUnit.SECONDS.toNanos(5);

  private Phase phase = Phase.ASLEEP;
  private int failures;
  private boolean called;
  private long lastCall;
  private long awakeSince;

  Phase phase() {
    return phase;
  }

  /** Failures in a row. */
  int failures() {
    return failures;
  }

  /** Nanoseconds until it may be called; 0: now; less: not at all, as it is. */
  long wait(WakeRule rule, long now) {
    if (phase != Phase.ASLEEP) {
      return -1;
    }
    if (!called) {
      return 0;
    }
    return Math.max(0, pauseNanos(rule) - (now - lastCall));
  }

  private long pauseNanos(WakeRule rule) {
    long seconds = (long) rule.cooldownSeconds() << Math.min(failures, 20);
    long longest = Math.max(WakeRule.LONGEST_PAUSE_SECONDS, rule.cooldownSeconds());
    return TimeUnit.SECONDS.toNanos(Math.min(seconds, longest));
  }

  /** It is being called now. */
  void calling(long now) {
    phase = Phase.WAKING;
    called = true;
    lastCall = now;
  }

  /** Somebody has started it without being called; it may take as long as after a call. */
  void expected(long now) {
    if (phase == Phase.ASLEEP) {
      calling(now);
    }
  }

  /** The call failed, or nobody came after it. */
  void failed(WakeRule rule) {
    if (phase == Phase.WAKING) {
      failure(rule);
    }
  }

  /** It could not be called, through no fault of its own: the next time is as if it was called. */
  void notTried() {
    if (phase == Phase.WAKING) {
      phase = Phase.ASLEEP;
    }
  }

  private void failure(WakeRule rule) {
    failures++;
    phase = failures >= rule.attempts() ? Phase.GIVEN_UP : Phase.ASLEEP;
  }

  /** An instance is there. */
  void awake(long now) {
    phase = Phase.AWAKE;
    awakeSince = now;
  }

  /** The last instance has gone. */
  void asleep(WakeRule rule, long now) {
    if (phase != Phase.AWAKE) {
      return;
    }
    if (called && now - awakeSince < STABLE) {
      failure(rule); // a start that fails at once must not go round and round
    } else {
      failures = 0;
      phase = Phase.ASLEEP;
    }
  }

  /** The declaration has changed: whatever was wrong may be right now. */
  void forget() {
    failures = 0;
    called = false;
    if (phase == Phase.GIVEN_UP) {
      phase = Phase.ASLEEP;
    }
  }
}
