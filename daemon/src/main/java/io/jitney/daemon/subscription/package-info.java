/**
 * The subscribe half of pub/sub: which topics an app wants, and how their messages reach it. Start
 * at {@code AppSubscriptions}, one for each app instance.
 *
 * <p>Everything here belongs to one instance; a rule that does not compile, a broker that is down
 * and an app that does not answer are that instance's alone. Back-pressure is the unfinished
 * handler: there is no queue between broker and app but a subscription's own window.
 */
@NullMarked
package io.jitney.daemon.subscription;

import org.jspecify.annotations.NullMarked;
