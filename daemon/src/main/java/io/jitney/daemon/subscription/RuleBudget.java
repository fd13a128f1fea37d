package io.jitney.daemon.subscription;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the evaluation of rules may cost: a step for each part of an expression that has a value,
 * and more for values that are long, as whoever looks into them takes longer. Counted in steps and
 * not in time, so that a rule's fate does not depend on what else the machine does.
 *
 * <p>Threads: one.
 */
final class RuleBudget implements CelEvaluationListener {
  /** About a millisecond: what may be done on an event loop. */
  private static final long QUICK = 10_000;

  /** About a tenth of a second: nobody else's work waits longer for it. */
  private static final long THOROUGH = 500_000;

  /** Of a text, in one step; twice as many of a regular expression's states. */
  private static final int CHARACTERS = 16;

  /** Of a list or map, in one step. */
  private static final int MEMBERS = 64;

  /** The evaluation ends here. No exception, as operators take those for values. Stackless. */
  private static final class Spent extends Error {
    private static final long serialVersionUID = 1L;

    Spent() {
      super("", null, false, false);
    }
  }

  /** A rule took more than may be done here: to be tried again elsewhere. Stackless. */
  static final class Laborious extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Laborious() {
      super("a rule takes too long for an event loop", null, false, false);
    }
  }

  /** An evaluation. */
  @FunctionalInterface
  interface Evaluation<T> {
    T run() throws CelRule.Undecided;
  }

  private final boolean quick;
  private long left;

  // Operands of what comes next, where these are texts.
  private String before = "";
  private String last = "";

  private RuleBudget(boolean quick, long steps) {
    this.quick = quick;
    this.left = steps;
  }

  /** For event loops; what takes longer fails with {@link Laborious}. */
  static RuleBudget quick() {
    return new RuleBudget(true, QUICK);
  }

  /** For threads beside them, for all that is done in one go. */
  static RuleBudget thorough() {
    return new RuleBudget(false, THOROUGH);
  }

  /**
   * Runs an evaluation that tells {@link #callback} of its parts.
   *
   * @throws Laborious when it is too long for an event loop
   */
  <T> T within(Evaluation<T> evaluation) throws CelRule.Undecided {
    try {
      return evaluation.run();
    } catch (Spent spent) {
      if (quick) {
        throw new Laborious();
      }
      throw new CelRule.Undecided("the rule takes too long");
    } finally {
      before = "";
      last = "";
    }
  }

  @Override
  public void callback(CelExpr part, @Nullable Object value) {
    long steps = 1;
    switch (value) {
      case String text -> {
        steps += text.length() / CHARACTERS;
        before = last;
        last = text;
      }
      case Collection<?> members -> steps += isResult(part) ? 0 : members.size() / MEMBERS;
      case Map<?, ?> members -> steps += isResult(part) ? 0 : members.size() / MEMBERS;
      case null, default ->
          steps += isMatch(part) ? RuleRegex.work(before, last) / CHARACTERS / 2 : 0;
    }
    left -= steps;
    if (left < 0) {
      throw new Spent();
    }
  }

  /** What a comprehension gathers is not looked into each time that something is added. */
  private static boolean isResult(CelExpr part) {
    return part.getKind() == Kind.IDENT && part.ident().name().startsWith("@");
  }

  private static boolean isMatch(CelExpr part) {
    return part.getKind() == Kind.CALL && part.call().function().equals("matches");
  }
}
