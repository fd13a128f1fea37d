package io.jitney.daemon.adversary;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * One thing an adversary tries, or a check that what is allowed works.
 *
 * @param name distinct within its theme
 * @param tries what it is about, in one line
 * @param control whether it is a check of the legitimate way
 * @param act does it; an error of assertion is a leak
 */
record Attempt(String name, String tries, boolean control, Act act) {
  /** What an attempt does. */
  @FunctionalInterface
  interface Act {
    void run() throws Exception;
  }

  static Attempt of(String name, String tries, Act act) {
    return new Attempt(name, tries, false, act);
  }

  /** The legitimate way, which must work. */
  static Attempt control(String name, Act act) {
    return new Attempt(name, "the legitimate way works", true, act);
  }

  /** Tests of them all: each looks after the victim when the attempt is over. */
  static Stream<DynamicTest> tests(AttackedNode node, List<Attempt> attempts) {
    long names = attempts.stream().map(Attempt::name).distinct().count();
    if (names != attempts.size()) {
      throw new IllegalStateException("two attempts of a theme have the same name");
    }
    return attempts.stream().map(attempt -> attempt.test(node));
  }

  private DynamicTest test(AttackedNode node) {
    return DynamicTest.dynamicTest(
        (control ? "control: " : "") + name + ": " + tries,
        () -> {
          Tally tally = node.tally();
          try {
            act.run();
            node.victim().mustBeUntouched();
          } catch (AssertionError leak) {
            tally.leaked(this);
            throw new AssertionError(name + " (" + tries + "): " + leak.getMessage(), leak);
          } finally {
            tally.count(this);
          }
        });
  }
}
