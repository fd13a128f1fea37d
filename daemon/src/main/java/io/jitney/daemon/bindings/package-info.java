/**
 * The bindings building block. Output: {@link io.jitney.daemon.bindings.BindingsApi} decides, the
 * two fronts translate. Input: {@link io.jitney.daemon.bindings.InputBindings} holds those of one
 * instance, asks the app which it wants, and reads them while the app is healthy; {@link
 * io.jitney.daemon.bindings.InputDelivery} brings one event to the app.
 *
 * <p>Threads: event loops. Deliveries run on the tenant's account and count in its admission.
 */
@NullMarked
package io.jitney.daemon.bindings;

import org.jspecify.annotations.NullMarked;
