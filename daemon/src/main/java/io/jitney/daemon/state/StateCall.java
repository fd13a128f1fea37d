package io.jitney.daemon.state;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.instance.AppInstance;

/**
 * One call of the state API: who calls, which store, until when.
 *
 * @param binding the store as this instance sees it
 */
record StateCall(AppInstance instance, StateBinding binding, CallContext context) {}
