/**
 * A tenant, or nobody known, tries to get at another tenant: to read, write, invoke as, list, count
 * or infer anything that is not theirs. Each {@link io.jitney.daemon.adversary.Attempt} has a name
 * and a line that says what it tries; a class is a theme. {@code daemon/docs/adversary.md} says how
 * the suite grows.
 *
 * <p>Start at {@link io.jitney.daemon.adversary.AttackedNode}: a whole node in this JVM with a
 * victim whose every secret holds the word {@value io.jitney.daemon.adversary.Victim#CANARY}. After
 * each attempt nothing of the victim may have changed, and no answer may hold that word. Each theme
 * has checks besides that show that the legitimate way works, so that nothing passes by being
 * broken.
 */
@NullMarked
package io.jitney.daemon.adversary;

import org.jspecify.annotations.NullMarked;
