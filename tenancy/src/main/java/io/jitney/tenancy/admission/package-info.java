/**
 * How much a tenant may do: every call asks here before its body is read.
 *
 * <p>Start at {@link io.jitney.tenancy.admission.TenantAdmission}, which documents the order of the
 * checks and where further ones go. One per tenant, shared by the tenant's instances and by both
 * fronts, HTTP and gRPC. What it answers is an {@link io.jitney.tenancy.admission.Admission}.
 *
 * <p>Threads: any, event loops included; nothing blocks, nothing takes a lock on the way of a call.
 */
@NullMarked
package io.jitney.tenancy.admission;

import org.jspecify.annotations.NullMarked;
