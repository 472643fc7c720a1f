import type {Tables} from "./world.ts";

/*
 * Cents that do not add up in binary, amounts near the limits of exact doubles, an unknown customer, an unknown
 * product, dates that are none, names in several scripts and spellings, empty and blank words.
 */
export const hostile = {
  crm_cust_info: `
1,C1,Zoë,Ångström,S,F,2025-01-01
2,C2,李,小龍,M,M,2025-01-01
3,C3,"O""Neil, Jr.",é,,,2025-01-01
4,C4,é,Ω,s ,f,2025-01-01
5,C5,never,bought,S,M,2025-01-01
`,
  crm_prd_info: `
10,AC-HE-P1,Fahrrad 🚲 „Straße“,0.10,R,2024-01-01,
11,AC-HE-P1,Fahrrad 🚲 „Straße“,0.30,R,2025-02-01,
20,BK-RO-P2,Café,500.01,m ,2024-01-01,
30,BK-RO-P3,Café,,T,2024-01-01,
40,XX-XX-P4,'quoted'; -- x,1.01,,2024-01-01,
50,AC-HE-P5,"",2.02,S,2024-01-01,
`,
  crm_sales_details: `
SO1,P1,1,20250101,20250102,20250103,0.10,1,0.10
SO1,P1,1,20250101,20250102,20250103,0.20,1,0.20
SO1,P2,1,20250101,20250102,20250103,0.70,1,0.70
SO2,P2,2,20250101,20250102,20250103,9007199254740993.01,1,9007199254740993.01
SO3,P3,2,20250228,20250301,20250302,9007199254740993.01,1,9007199254740993.01
SO4,P3,3,20250301,20250302,20250303,0.01,1,0.01
SO4,P4,3,20250301,20250302,20250303,33.33,3,11.11
SO5,P4,99,20250302,20250303,20250304,0.07,7,0.01
SO6,P5,,20250302,20250303,20250304,1.15,1,1.15
SO7,P9,4,20250302,20250303,20250304,2.675,1,2.675
SO8,P1,4,0,20250303,20250304,1.005,1,1.005
SO8,P2,4,,,,1000000.05,1,1000000.05
SO9,P2,1,20250303,20250304,20250305,-5,1,5
SO10,P5,1,20250303,20250304,20250305,,,7.77
SO10,P5,1,20250303,20250304,20250305,10,3,
`,
  erp_cust_az12: `
NASC1,1980-01-01,Female
C3,1980-01-01,Male
`,
  erp_loc_a101: `
C-1,DE
C-2,中国
C-3,Côte d'Ivoire
C-4, Côte d'Ivoire
C-5,US
`,
  erp_px_cat_g1v2: `
AC_HE,Zubehör & mehr,"Helme, ""leicht""",Yes
BK_RO,Bikes,Road Bikes,No
`
} satisfies Tables;
