/**
 * Admission at the two fronts: {@link io.jitney.daemon.admission.Refusals} answers calls that are
 * refused, for next to nothing; {@link io.jitney.daemon.admission.MeteredRequest} counts the bytes
 * of bodies whose length nobody announced. Deliveries to apps wait in {@link
 * io.jitney.daemon.admission.DeliveryGate} instead. Who is refused is decided in {@code
 * io.jitney.tenancy.admission}.
 *
 * <p>Threads: the event loop of the call's connection.
 */
@NullMarked
package io.jitney.daemon.admission;

import org.jspecify.annotations.NullMarked;
