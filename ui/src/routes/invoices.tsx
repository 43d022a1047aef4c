import { createRoute, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { lazy } from "react";
import { validateListSearch } from "../table/listSearch";
import { rootRoute } from "./root";

export const invoicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invoices",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/invoices/InvoicesPage"), "InvoicesPage"),
});

const InvoicePage = lazy(async () => ({
  default: (await import("../features/invoices/InvoicePage")).InvoicePage,
}));

export const invoiceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invoices/$id",
  params: {
    parse: (raw) => {
      const id = Number(raw.id);
      if (!Number.isSafeInteger(id) || id <= 0) throw notFound();
      return { id };
    },
    stringify: (params) => ({ id: String(params.id) }),
  },
  component: function InvoiceRoutePage() {
    const { id } = invoiceRoute.useParams();
    return <InvoicePage key={id} id={id} />;
  },
});
