import type {Tables} from "./world.ts";

/** A shop of three customers, two products and five lines, with a reject and a correction. */
export const shop = {
  crm_cust_info: `
1,AW1,Ann,A,S,F,2025-01-01
2,AW2,Bob,B,M,M,2025-01-01
3,AW3,Cid,C,M,,2025-01-01
,AW4,No,Id,S,F,2025-01-01
`,
  crm_prd_info: `
10,AC-HE-HELMET,Helmet,10,R,2024-01-01,
20,BK-RO-BIKE,Bike,500,R,2024-01-01,
`,
  crm_sales_details: `
SO1,HELMET,1,20250101,20250107,20250112,20,1,20
SO1,BIKE,1,20250101,20250107,20250112,900,1,900
SO2,HELMET,2,20250215,20250217,20250222,40,2,20
SO3,HELMET,2,20250301,20250307,20250312,25,1,20
SO4,BIKE,9,0,20250307,20250312,900,1,900
`,
  erp_cust_az12: `
NASAW1,1980-05-05,Female
NASAW3,1981-05-05,Male
`,
  erp_loc_a101: `
AW-1,DE
AW-2,US
`,
  erp_px_cat_g1v2: `
AC_HE,Accessories,Helmets,Yes
BK_RO,Bikes,Road Bikes,No
`
} satisfies Tables;
