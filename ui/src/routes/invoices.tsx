import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { validateListSearch } from "../table/listSearch";
import { ID_PARAMS, withPage } from "./pages";
import { rootRoute } from "./root";

export const invoicesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invoices",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/invoices/InvoicesPage"), "InvoicesPage"),
});

const InvoicePage = lazyRouteComponent(() => import("../features/invoices/InvoicePage"), "InvoicePage");

export const invoiceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invoices/$id",
  params: ID_PARAMS,
  component: withPage(InvoicePage, function InvoiceRoutePage() {
    const { id } = invoiceRoute.useParams();
    return <InvoicePage key={id} id={id} />;
  }),
});
