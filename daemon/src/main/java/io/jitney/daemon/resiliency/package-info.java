/**
 * The one layer through which every call to a component or an app passes: timeouts, retries and
 * circuit breakers of Resiliency resources (spec 05 section 4). {@link
 * io.jitney.daemon.resiliency.ResiliencyTable} answers which {@link
 * io.jitney.daemon.resiliency.Policy} a target has; a policy runs attempts.
 *
 * <p>Tables and breakers belong to one app instance. Attempts and waits are on the caller's event
 * loop; nothing here blocks.
 */
@NullMarked
package io.jitney.daemon.resiliency;

import org.jspecify.annotations.NullMarked;
